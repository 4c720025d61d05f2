// A unified diff as pairs of lines, so that old and new can stand side by side.

/** A line of either side in three parts, the middle of which differs; null: this side has no such line. */
export type Line = readonly [before: string, changed: string, after: string] | null;

export interface Pair {
  readonly old: Line;
  readonly new: Line;
  readonly what: "same" | "changed" | "gap";
}

export function pairsOf(lines: readonly string[]): Pair[] {
  const pairs: Pair[] = [];
  let gone: string[] = [];
  let come: string[] = [];
  const settle = () => {
    for (let i = 0; i < Math.max(gone.length, come.length); i++)
      pairs.push({ ...apart(gone[i], come[i]), what: "changed" });
    [gone, come] = [[], []];
  };
  for (const line of lines) {
    const text = line.slice(1).replace(/\n$/, "");
    if (line.startsWith("-")) gone.push(text);
    else if (line.startsWith("+")) come.push(text);
    else {
      settle();
      const whole: Line = [text, "", ""];
      if (!line.startsWith("@@")) pairs.push({ old: whole, new: whole, what: "same" });
      else if (pairs.length > 0) pairs.push({ old: null, new: null, what: "gap" });
    }
  }
  settle();
  return pairs;
}

/** Two lines with what they have in common at their beginnings and ends, in whole words. */
function apart(gone: string | undefined, come: string | undefined): { old: Line; new: Line } {
  if (gone === undefined || come === undefined)
    return {
      old: gone === undefined ? null : ["", gone, ""],
      new: come === undefined ? null : ["", come, ""],
    };
  const [a, b] = [words(gone), words(come)];
  let front = 0;
  while (front < Math.min(a.length, b.length) && a[front] === b[front]) front++;
  let back = 0;
  while (back < Math.min(a.length, b.length) - front && a.at(-1 - back) === b.at(-1 - back)) back++;
  const cut = (all: string[]): Line => [
    all.slice(0, front).join(""),
    all.slice(front, all.length - back).join(""),
    all.slice(all.length - back).join(""),
  ];
  return { old: cut(a), new: cut(b) };
}

function words(text: string): string[] {
  return text.match(/\s+|\w+|[^\s\w]/gu) ?? [];
}
