import { notKnown } from "../../../../../policies/objects/input";
import { judgeTable } from "../../table";
import { container, pod } from "./objects";

judgeTable("pinned-image", [
  ["the tag of a build", [container({ image: "web:1.4.0" })], "passes"],
  [
    "the tag latest",
    [container({ image: "registry.example.com:5000/web:latest" })],
    "violation",
    /image.*the container web runs .*web:latest, a tag that moves/,
  ],
  [
    "no tag, after a port",
    [container({ image: "registry.example.com:5000/web" })],
    "violation",
    /has no tag and so is the latest/,
  ],
  ["a digest", [container({ image: "web@sha256:abc" })], "passes"],
  ["a digest of the latest", [container({ image: "web:latest@sha256:abc" })], "passes"],
  [
    "a container that runs before the others",
    [pod({ initContainers: [{ name: "migrate", image: "migrate" }] })],
    "violation",
    /the container migrate/,
  ],
  ["an image that is not known yet", [container({ image: notKnown })], "not judged"],
]);
