import { describe, expect, it } from "vitest";
import { free, shown } from "../hotkeys";
import { direction, shapeOf } from "../item/shape";
import { type Question, say } from "../task";
import { between, dragged, fresh } from "./boxes/boxes";
import { counted, toggled } from "./choices/kind";
import { problem as badNumber, read } from "./number/number";
import { crossing, moved, pieces, sorted, stops, toPoints, toUnits, trimmed } from "./spans/spans";
import { length } from "./text/kind";

function question(options: Question["options"] = {}, keys = ["1", "2", "s"]): Question {
  const classes = ["a", "b", "c"].map((id, i) => ({
    id,
    key: keys[i] ?? "",
    title: id,
    description: "",
    examples: [],
    counterexamples: [],
  }));
  return { kind: "choices", title: "", description: "", classes, options, answer: {} };
}

describe("keys", () => {
  it("give way to a class with Shift", () => {
    expect(free("s", question())).toBe("shift+s");
    expect(free("z", question())).toBe("z");
  });
  it("are written as on a keyboard", () => {
    expect(shown("shift+s")).toBe("⇧S");
    expect(shown("alt+ArrowLeft")).toBe("Alt ←");
    expect(shown("+")).toBe("+");
  });
});

describe("choices", () => {
  it("keep the order of the schema", () => {
    expect(toggled(["c"], "a", question())).toEqual(["a", "c"]);
    expect(toggled(["a", "c"], "c", question())).toEqual(["a"]);
  });
  it("are counted", () => {
    expect(counted(0, question({ min: 1 }))).toEqual({ says: "problem.more", with: { count: 1 } });
    expect(counted(3, question({ max: 2 }))).toEqual({ says: "problem.fewer", with: { count: 2 } });
    expect(counted(2, question({ min: 1, max: 2 }))).toBeNull();
  });
});

describe("numbers", () => {
  it.each([
    ["3,5", 3.5],
    [" 1 000 ", 1000],
    ["−2", -2],
    [".5", 0.5],
    ["1e3", 1000],
    ["", null],
    ["three", null],
    ["1.2.3", null],
    ["0x10", null],
  ])("%j is read as %j", (written, number) => expect(read(written)).toBe(number));
  it("stay in their range", () => {
    const asked = question({ min: 0, max: 10, whole: true });
    expect(badNumber("5", asked)).toBeNull();
    expect(badNumber("5.5", asked)?.says).toBe("problem.whole");
    expect(badNumber("-1", asked)?.says).toBe("problem.atLeast");
    expect(badNumber("11", asked)?.says).toBe("problem.atMost");
  });
});

describe("texts", () => {
  it("are counted in code points of the composed form", () => {
    expect(length(" 👋e\u0301 ")).toBe(2);
  });
});

describe("spans", () => {
  const text = "Hi 👋 Ada";
  it("are code points on the wire and UTF-16 on the screen", () => {
    const units = [{ start: 6, end: 9, label: "a" }];
    const points = [{ start: 5, end: 8, label: "a" }];
    expect(toPoints(units, text)).toEqual(points);
    expect(toUnits(points, text)).toEqual(units);
    expect([...text].slice(5, 8).join("")).toBe("Ada");
  });
  it("lose the white space at their ends", () => {
    expect(trimmed("  ab ", 0, 5)).toEqual({ start: 2, end: 4 });
    expect(trimmed("  ab ", 5, 0)).toEqual({ start: 2, end: 4 });
    expect(trimmed("   ", 0, 3)).toBeNull();
  });
  it("cut the text where they overlap", () => {
    const spans = [
      { start: 0, end: 4, label: "a" },
      { start: 2, end: 6, label: "b" },
    ];
    expect(pieces("abcdefgh", spans).map((one) => [one.start, one.end, one.spans.length])).toEqual([
      [0, 2, 1],
      [2, 4, 2],
      [4, 6, 1],
      [6, 8, 0],
    ]);
  });
  it("may not cross unless the schema says so", () => {
    const spans = [{ start: 0, end: 4, label: "a" }];
    const other = { start: 3, end: 5, label: "b" };
    expect(crossing(spans, other, question())).toBe(spans[0]);
    expect(crossing(spans, other, question({ overlap: true }))).toBeNull();
    expect(crossing(spans, other, question(), 0)).toBeNull();
  });
  it("come in order, each once", () => {
    const one = { start: 0, end: 4, label: "b" };
    const two = { start: 0, end: 4, label: "a" };
    expect(sorted([one, two, { ...one }], question())).toEqual([two, one]);
  });
  it("grow by words and by what a person sees as a character", () => {
    const words = stops("one two", "word");
    expect(moved(words, 0, 1, true)).toBe(3);
    expect(moved(words, 3, 1, true)).toBe(7);
    expect(moved(words, 0, 1, false)).toBe(4);
    expect(moved(words, 4, -1, false)).toBe(0);
    expect(stops("👩‍👩‍👧e\u0301", "grapheme")).toHaveLength(2);
  });
});

describe("boxes", () => {
  const box = { x: 0.4, y: 0.4, width: 0.2, height: 0.2, label: "a" };
  it("are drawn from any corner and stay in the image", () => {
    expect(between({ x: 0.5, y: 0.5 }, { x: -1, y: 2 }, "a")).toEqual({
      x: 0,
      y: 0.5,
      width: 0.5,
      height: 0.5,
      label: "a",
    });
  });
  it("move up to the edge and keep their size", () => {
    expect(dragged(box, "all", 1, -1, 0.01)).toMatchObject({ x: 0.8, y: 0, width: 0.2, height: 0.2 });
  });
  it("are resized by one edge and never turn inside out", () => {
    expect(dragged(box, "e", 0.1, 9, 0.01)).toMatchObject({ x: 0.4, width: 0.3, height: 0.2 });
    expect(dragged(box, "w", 0.9, 0, 0.01)).toMatchObject({ x: 0.59, width: 0.01 });
  });
  it("begin in the middle of what is seen", () => {
    expect(fresh({ x: 0, y: 0, width: 1, height: 1 }, "a")).toMatchObject({
      x: 0.4,
      y: 0.4,
      width: 0.2,
      height: 0.2,
    });
  });
});

describe("items", () => {
  it("are told apart by their shape", () => {
    expect(shapeOf("x").text?.text).toBe("x");
    expect(shapeOf({ text: "t", stars: 3 })).toMatchObject({
      text: { field: "text", text: "t" },
      rest: [["stars", 3]],
    });
    const chat = shapeOf({
      messages: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: "Yes?" },
      ],
    }).chat;
    expect(chat?.messages.map((one) => one.own)).toEqual([false, true]);
    const said = (...names: string[]) =>
      shapeOf({ messages: names.map((from) => ({ from, text: "Hi" })) }).chat?.messages.map((one) => one.own);
    expect(said("Mia", "Tom", "Mia")).toEqual([false, true, false]);
    expect(said("Mia", "Tom", "Ola")).toEqual([false, false, false]);
    expect(shapeOf({ columns: ["b", "a"], rows: [[1, 2]], note: "n" })).toMatchObject({
      table: { columns: ["b", "a"], rows: [{ b: 1, a: 2 }] },
      text: { field: "note", text: "n" },
    });
    expect(shapeOf({ rows: [{ a: 1 }, { a: 2, b: 3 }] }).table?.columns).toEqual(["a", "b"]);
    expect(shapeOf({ deep: { er: 1 } }).rest).toEqual([["deep", { er: 1 }]]);
    expect(shapeOf(null).rest).toEqual([["", null]]);
  });
  it("are written in the direction of their language", () => {
    expect(direction("ar-EG")).toBe("rtl");
    expect(direction("de")).toBe("ltr");
    expect(direction(null)).toBe("auto");
  });
});

describe("words", () => {
  it("are said in the reader's language, or in the one there is", () => {
    expect(say({ en: "Topic", fr: "Sujet" }, "fr-CA")).toBe("Sujet");
    expect(say({ en: "Topic", fr: "Sujet" }, "de")).toBe("Topic");
    expect(say({ fr: "Sujet" }, "de")).toBe("Sujet");
    expect(say(null, "de")).toBe("");
  });
});
