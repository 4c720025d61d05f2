import { describe, expect, it } from "vitest";
import { skillOf } from "./queue";

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
