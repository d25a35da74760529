import type { Rule } from "../rule";
import { firstWeight } from "./first-weight";
import { judgedByAMetric } from "./judged-by-a-metric";
import { noDataDoesNotPass } from "./no-data-does-not-pass";
import { ownedFields } from "./owned-fields";
import { probes } from "./probes";
import { weightJump } from "./weight-jump";

/** Every rule of the gate. */
export const rules: readonly Rule[] = [firstWeight, weightJump, judgedByAMetric, noDataDoesNotPass, probes, ownedFields];
