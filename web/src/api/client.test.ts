import i18next from "i18next";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import problems from "@/problems/words/de.json";
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
const early = {
  type: "conflict",
  detail: "It is too early to sit this exam again. {x}",
  said: {
    detail: "It is too early to sit this exam again.",
    mend: "You may do so from {moment} on.",
    facts: { moment: "2026-11-29T10:30:00Z" },
  },
};
const unknown = {
  type: "not-found",
  detail: "There is no step 'topik'. There are: topic, severity.",
  said: {
    detail: "There is no step '{name}'.",
    mend: "There are: {known}.",
    facts: { name: "{known}", known: ["topic", "severity"] },
  },
};

describe("a refusal", () => {
  beforeAll(async () => {
    await i18next.init({
      lng: "en",
      defaultNS: "shared",
      resources: { en: { shared: en }, de: { shared: de, problems } },
    });
  });
  afterEach(() => i18next.changeLanguage("en"));

  it("is told in the server's own words to who reads English", () => {
    expect(new Problem(409, ended).message).toBe("It ran out. Claim.");
    expect(new Problem(404, unknown).message).toBe("There is no step '{known}'. There are: topic, severity.");
  });

  it("is told in another language, its facts as that one writes them", async () => {
    await i18next.changeLanguage("de");
    expect(new Problem(404, unknown).message).toBe(
      "Den Schritt „{known}“ gibt es nicht. Es gibt: topic, severity.",
    );
    const message = new Problem(409, early).message;
    expect(message).toMatch(
      /^Für einen neuen Versuch ist es noch zu früh\. Ab .*29.* können Sie es wieder versuchen\.$/,
    );
    expect(message).not.toContain("T10:30");
  });

  it("that nobody translated is told by its type in another language", async () => {
    await i18next.changeLanguage("de");
    expect(new Problem(409, ended).message).toBe(de.problem["lease-ended"]);
    const other = { ...ended, said: { detail: "An extension says so.", facts: {} } };
    expect(new Problem(409, other).message).toBe(de.problem["lease-ended"]);
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
