import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import problems from "@/problems/words/de.json";
import { parted, worded } from "./worded";

const condition = {
  detail: "The condition `{condition}` cannot be evaluated: {reason}.",
  facts: { condition: "a % {b} == 0", reason: "modulo by zero" },
};

describe("what the server says", () => {
  beforeAll(async () => {
    await i18next.init({ lng: "de", resources: { de: { problems } } });
  });

  it("is in the reader's language but for what another program says, which is marked", () => {
    expect(worded(condition)).toBe(
      "Die Bedingung `a % {b} == 0` lässt sich nicht auswerten: „modulo by zero“.",
    );
    expect(parted(condition)?.filter((part) => part.foreign)).toEqual([
      { text: "modulo by zero", foreign: true },
    ]);
  });

  it("is nothing where there are no words for it", () => {
    expect(parted({ detail: "Never said.", facts: {} })).toBeUndefined();
  });
});
