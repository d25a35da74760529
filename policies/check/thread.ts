// The thread that judges: it is given what is asked, and answers with the report.
import { parentPort, workerData } from "node:worker_threads";
import { answered } from "./answer";
import type { Asked } from "./asked";

void answered(workerData as Asked).then((answer) => parentPort?.postMessage(answer));
