import { describe, expect, it } from "vitest";
import { skillOf, wordOf } from "./queue";

describe("the word on a case", () => {
  const said = {
    assignment: "a",
    value: "cat",
    rationale: "It purrs.",
    clauses: [],
    change_guideline: false,
    seconds: 4,
  };

  it("keeps its key and its seconds when it is sent again", () => {
    const first = wordOf(said);
    expect(wordOf({ ...said, seconds: 9 }, first)).toBe(first);
  });

  it("is another one when it says something else", () => {
    const first = wordOf(said);
    const second = wordOf({ ...said, rationale: "It barks." }, first);
    expect(second.key).not.toBe(first.key);
    expect(second.body.rationale).toBe("It barks.");
  });
});

describe("how often an annotator is right", () => {
  it("is told of one class with the interval of a belief by counts", () => {
    const few = skillOf(
      [
        [8, 2],
        [1, 1],
      ],
      0,
    );
    const many = skillOf(
      [
        [800, 200],
        [1, 1],
      ],
      0,
    );
    expect(few?.share).toBeCloseTo(0.8);
    expect(many?.share).toBeCloseTo(0.8);
    expect(few?.low).toBeGreaterThan(0.45);
    expect(few?.low).toBeLessThan(0.6);
    expect(few?.high).toBeLessThan(1);
    expect((many?.high ?? 1) - (many?.low ?? 0)).toBeLessThan(0.06);
  });

  it("is the mean of the classes where none is asked for", () => {
    expect(
      skillOf([
        [9, 1],
        [4, 6],
      ])?.share,
    ).toBeCloseTo(0.75);
  });

  it("is not told of skills that are no matrix", () => {
    expect(skillOf({ bias: 0.1 })).toBeNull();
  });
});
