import { violation, type Rule } from "../../gate/rule";
import { containerName, containersOf, everyContainer, workloadKinds } from "../../kinds/workloads";

export const pinnedImage: Rule<"digest"> = {
  name: "pinned-image",
  severity: "error",
  wrong: "An image has no tag, or one that moves.",
  why: "Stable pods that start again would run the new version, and a way back would go to it: what was judged is not what runs.",
  mend: "Give the image the tag of one build, such as 1.4.0, or its digest.",
  source: "Kubernetes' documentation of images: no tag means latest, and a tag can be moved, which a digest cannot.",
  kinds: workloadKinds,
  limits: { digest: { default: 0, least: 0, most: 1, description: "1 where each image must have a digest." } },
  *judge(workload, objects, { digest }) {
    for (const container of containersOf(workload, objects, everyContainer)) {
      const field = container.at("image");
      const image = field.text();
      if (image === undefined) continue;
      const [name = "", sum] = image.split("@");
      const tag = /:([^/:]+)$/.exec(name)?.[1];
      const says = `${containerName(container)} runs ${image}`;
      if (sum !== undefined) continue;
      if (digest === 1) yield violation(field, `${says}, which has no digest; accepted: ${image}@sha256:...`);
      else if (tag === undefined)
        yield violation(
          field,
          `${says}, which has no tag and so is the latest; accepted: ${image}:<the tag of one build>`,
        );
      else if (tag === "latest")
        yield violation(
          field,
          `${says}, a tag that moves with each build; accepted: the tag of one build, or a digest`,
        );
    }
  },
};
