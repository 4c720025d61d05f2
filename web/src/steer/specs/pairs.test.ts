import { describe, expect, it } from "vitest";
import { pairsOf } from "./pairs";

describe("pairs", () => {
  it("stand side by side, with the words that differ apart", () => {
    expect(
      pairsOf([
        "@@ -1,3 +1,3 @@",
        " first",
        "-of the box, damage",
        "+of the box and its wrapping, damage",
        " last",
      ]),
    ).toEqual([
      { old: ["first", "", ""], new: ["first", "", ""], what: "same" },
      {
        old: ["of the box", "", ", damage"],
        new: ["of the box", " and its wrapping", ", damage"],
        what: "changed",
      },
      { old: ["last", "", ""], new: ["last", "", ""], what: "same" },
    ]);
  });
  it("have one side where a line only came or went, and a gap between places", () => {
    expect(
      pairsOf(["@@ -1 +1,2 @@", " a", "+b", "@@ -9,2 +10 @@", "-c", " d"]).map((one) => [
        one.old?.join("") ?? null,
        one.new?.join("") ?? null,
        one.what,
      ]),
    ).toEqual([
      ["a", "a", "same"],
      [null, "b", "changed"],
      [null, null, "gap"],
      ["c", null, "changed"],
      ["d", "d", "same"],
    ]);
  });
  it("tell two lines apart that begin and end alike", () => {
    const [pair] = pairsOf(["-a a", "+a a a"]);
    expect([pair?.old?.join(""), pair?.new?.join("")]).toEqual(["a a", "a a a"]);
  });
});
