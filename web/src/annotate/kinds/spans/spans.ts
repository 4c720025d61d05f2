// Stretches of a text. On the screen they are counted as the browser counts (UTF-16), on the wire in code points.
import type { Question } from "../../task";

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** A piece of the text that the same spans cover. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  /** Positions in the list of spans, outermost first. */
  readonly spans: readonly number[];
}

export interface Range {
  readonly anchor: number;
  readonly head: number;
}

export type Unit = "word" | "grapheme";

/** Where each UTF-16 unit lies in code points; null when the two are the same. */
function pointsOf(text: string): Uint32Array | null {
  if (!/[\ud800-\udbff][\udc00-\udfff]/.test(text)) return null;
  const points = new Uint32Array(text.length + 1);
  let point = 0;
  for (let unit = 0; unit < text.length; unit += 1) {
    points[unit] = point;
    const pair = (text.codePointAt(unit) ?? 0) > 0xffff;
    if (pair) points[++unit] = point;
    point += 1;
  }
  points[text.length] = point;
  return points;
}

/** From UTF-16 units to code points. */
export function toPoints(spans: readonly Span[], text: string): Span[] {
  const points = pointsOf(text);
  if (!points) return [...spans];
  return spans.map((one) => ({ ...one, start: points[one.start] ?? 0, end: points[one.end] ?? 0 }));
}

/** From code points to UTF-16 units. */
export function toUnits(spans: readonly Span[], text: string): Span[] {
  const points = pointsOf(text);
  if (!points) return [...spans];
  const units = (point: number) => points.indexOf(point);
  return spans.map((one) => ({ ...one, start: units(one.start), end: units(one.end) }));
}

/** The spans in their normal order, each once. */
export function sorted(spans: readonly Span[], question: Question): Span[] {
  const rank = new Map(question.classes.map((one, position) => [one.id, position]));
  const each = new Map(spans.map((one) => [`${one.start}:${one.end}:${one.label}`, one]));
  return [...each.values()].sort(
    (a, b) => a.start - b.start || a.end - b.end || (rank.get(a.label) ?? 0) - (rank.get(b.label) ?? 0),
  );
}

/** The range without white space at its ends; null when nothing is left. */
export function trimmed(text: string, start: number, end: number): { start: number; end: number } | null {
  const [low, high] = start < end ? [start, end] : [end, start];
  const inside = text.slice(low, high);
  if (!inside.trim()) return null;
  return {
    start: low + inside.length - inside.trimStart().length,
    end: high - inside.length + inside.trimEnd().length,
  };
}

/** The span that another one runs into; null when they may overlap or do not. */
export function crossing(spans: readonly Span[], one: Span, question: Question, but = -1): Span | null {
  if (question.options.overlap === true) return null;
  return spans.find((other, i) => i !== but && other.start < one.end && one.start < other.end) ?? null;
}

/** The text cut wherever a span begins or ends. */
export function pieces(text: string, spans: readonly Span[], range: Range | null = null): Piece[] {
  const cuts = new Set([0, text.length]);
  for (const { start, end } of spans) cuts.add(start).add(end);
  if (range) cuts.add(range.anchor).add(range.head);
  const edges = [...cuts].filter((edge) => edge >= 0 && edge <= text.length).sort((a, b) => a - b);
  return edges.slice(0, -1).map((start, i) => {
    const end = edges[i + 1] as number;
    const inside = spans.flatMap((one, at) => (one.start <= start && one.end >= end ? [at] : []));
    return { start, end, spans: inside.sort((a, b) => length(spans[b]) - length(spans[a])) };
  });
}

function length(span: Span | undefined): number {
  return span ? span.end - span.start : 0;
}

/** Where words, or characters as people see them, begin and end. */
export function stops(text: string, unit: Unit, language?: string | null): { start: number; end: number }[] {
  const segments = new Intl.Segmenter(language ?? undefined, { granularity: unit }).segment(text);
  const found: { start: number; end: number }[] = [];
  for (const { segment, index, isWordLike } of segments)
    if (unit === "grapheme" || isWordLike || /\S/.test(segment))
      found.push({ start: index, end: index + segment.length });
  return found;
}

/** The caret one word or character on: to the beginning of the next when moving, past the end when extending. */
export function moved(
  places: readonly { start: number; end: number }[],
  at: number,
  step: 1 | -1,
  extending: boolean,
): number {
  const edges = places.map((one) => (extending && step === 1 ? one.end : one.start));
  if (step === 1) return edges.find((edge) => edge > at) ?? places.at(-1)?.end ?? at;
  return edges.findLast((edge) => edge < at) ?? 0;
}

/** The word at the caret; null between words. */
export function wordAt(
  places: readonly { start: number; end: number }[],
  at: number,
): { start: number; end: number } | null {
  return places.find((one) => one.start <= at && at < one.end) ?? null;
}
