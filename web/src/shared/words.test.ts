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

/** All words, in the order of their names. */
function leaves(words: unknown): string[] {
  if (typeof words !== "object" || words === null) return [String(words)];
  return Object.entries(words)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, inner]) => leaves(inner));
}

describe("words", () => {
  // English has no words for problems: the server's sentences are the keys (tests/test_words.py wants all of them).
  const folders = [...new Set(Object.keys(catalogues).map((path) => path.split("/")[2] as string))].filter(
    (folder) => folder !== "problems",
  );
  it.each(folders)("of %s are complete in every language", (folder) => {
    const [first, ...others] = Object.keys(LANGUAGES).map((language) =>
      names(catalogues[`/src/${folder}/words/${language}.json`]).sort(),
    );
    expect(first?.length).toBeGreaterThan(0);
    for (const other of others) expect(other).toEqual(first);
  });
  it.each(folders)("of %s say nothing alike in two languages but names and signs", (folder) => {
    const [first = [], ...others] = Object.keys(LANGUAGES).map((language) =>
      leaves(catalogues[`/src/${folder}/words/${language}.json`]),
    );
    const length = (words: string) => words.replace(/\{\{.*?\}\}/g, "").match(/\p{L}{2,}/gu)?.length ?? 0;
    for (const other of others) {
      const alike = first.filter((words, at) => length(words) > 2 && words === other[at]);
      expect(alike).toEqual([]);
    }
  });
});
