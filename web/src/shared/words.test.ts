import { describe, expect, it } from "vitest";
import { LANGUAGES } from "./i18n";

const catalogues = import.meta.glob<Record<string, unknown>>("/src/*/words/*.json", {
  import: "default",
  eager: true,
});

function names(words: unknown, at = ""): string[] {
  if (typeof words !== "object" || words === null) return [at];
  return Object.entries(words).flatMap(([name, inner]) => names(inner, `${at}.${name}`));
}

describe("words", () => {
  const folders = [...new Set(Object.keys(catalogues).map((path) => path.split("/")[2] as string))];
  it.each(folders)("of %s are complete in every language", (folder) => {
    const [first, ...others] = Object.keys(LANGUAGES).map((language) =>
      names(catalogues[`/src/${folder}/words/${language}.json`]).sort(),
    );
    expect(first?.length).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(first);
  });
});
