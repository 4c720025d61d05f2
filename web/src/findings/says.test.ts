import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { compared, KINDS, named, says } from "./says";
import de from "./words/de.json";
import en from "./words/en.json";

describe("a finding", () => {
  beforeAll(async () => {
    await i18next.init({
      lng: "de",
      ns: ["findings"],
      resources: { en: { findings: en }, de: { findings: de } },
    });
  });
  const german = () => i18next.getFixedT("de", "findings");

  it.each(KINDS)("%s has a name and a sentence in every language", (kind) => {
    for (const words of [en, de]) {
      expect(words.kind[kind]).toBeTruthy();
      expect(words.says[kind]).toBeTruthy();
    }
  });

  it("is told from its facts, not in the server's words", () => {
    const told = says(
      "speed",
      "Half of 12 answers …",
      { answers: 12, seconds: 1.4, usual: 6 },
      german(),
      "de",
    );
    expect(told).toMatch(/^Die Hälfte von 12 Antworten brauchte höchstens/);
  });

  it("compares seconds as seconds and shares as shares", () => {
    expect(compared("speed", { seconds: 0.5, usual: 4 })?.unit).toBe("seconds");
    expect(compared("constant", { share: 1, expected: 0.1 })?.unit).toBe("share");
  });

  it("is told in the words of the schema where it has some, in the reader's language", () => {
    const facts = { seconds: 1, expected: 2, say: { en: "Take your time.", de: "Nehmen Sie sich Zeit." } };
    expect(says("min_seconds", "Take your time.", facts, german(), "de")).toBe("Nehmen Sie sich Zeit.");
  });

  it("of another's package is told and called as it calls itself", () => {
    expect(says("smell", "It smells.", {}, german(), "de")).toBe("It smells.");
    expect(named("odd_smell", german())).toBe("odd smell");
  });
});
