import { describe, expect, it } from "vitest";
import { read, written } from "./written";

describe("a spec as it is written", () => {
  it.each([
    [{ kind: "choice", classes: ["a", { id: "b", title: "B: yes" }] }],
    ["# Guide\n\n1. Look."],
    [{ text: "# Guide\n\n- **1.1** Look.\n" }],
  ])("comes back as it was", (body) => expect(read(written(body), body)).toEqual(body));
  it("says where it is wrong", () => expect(() => read("a: [1", {})).toThrow(/line 1/));
});
