import i18next from "i18next";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import de from "@/shared/words/de.json";
import en from "@/shared/words/en.json";
import { Problem } from "./client";

const ended = {
  type: "lease-ended",
  title: "The task had run out of time",
  detail: "It ran out.",
  mend: "Claim.",
};
const refused = { type: "invalid-input", detail: "Please add a comment.", mend: "Change the answer." };

describe("a refusal", () => {
  beforeAll(async () => {
    await i18next.init({
      lng: "en",
      defaultNS: "shared",
      resources: { en: { shared: en }, de: { shared: de } },
    });
  });
  afterEach(() => i18next.changeLanguage("en"));

  it("is told in the server's own words to who reads English", () => {
    const problem = new Problem(409, ended);
    expect([problem.message, problem.mend]).toEqual(["It ran out.", "Claim."]);
  });

  it("is told by its type in another language, without a word of the server's", async () => {
    await i18next.changeLanguage("de");
    const problem = new Problem(409, ended);
    expect([problem.message, problem.mend]).toEqual([de.problem["lease-ended"], undefined]);
  });

  it("keeps the server's words where they say more than the type", async () => {
    await i18next.changeLanguage("de");
    expect(new Problem(422, refused).message).toBe(
      "Der Server nimmt das nicht an: „Please add a comment. Change the answer.“",
    );
  });

  it("of a type that is not known is told as it came, and one without words by its number", async () => {
    await i18next.changeLanguage("de");
    expect(new Problem(418, { type: "teapot", detail: "Short and stout." }).message).toBe("Short and stout.");
    expect(new Problem(502, {}).message).toBe("HTTP 502");
  });
});
