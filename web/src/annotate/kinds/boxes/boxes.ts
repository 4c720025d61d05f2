// Upright boxes, in shares of the image's width and height.
import type { Question } from "../../task";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly label: string;
}

/** Which edges a drag moves: the corner it holds, or all of them. */
export type Grip = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w" | "all";
export const GRIPS: readonly Grip[] = ["nw", "n", "ne", "e", "se", "s", "sw", "w"];

const SMALLEST = 0.002;
const round = (share: number): number => Math.round(share * 1e6) / 1e6;
const clamp = (share: number, low = 0, high = 1): number => Math.min(Math.max(share, low), high);

export function smallest(question: Question): number {
  const { min_size: least } = question.options;
  return Math.max(typeof least === "number" ? least : 0, SMALLEST);
}

/** The box between two corners, within the image. */
export function between(a: { x: number; y: number }, b: { x: number; y: number }, label: string): Box {
  const [left, right] = [clamp(Math.min(a.x, b.x)), clamp(Math.max(a.x, b.x))];
  const [top, bottom] = [clamp(Math.min(a.y, b.y)), clamp(Math.max(a.y, b.y))];
  return { x: round(left), y: round(top), width: round(right - left), height: round(bottom - top), label };
}

/** A box moved, or resized by one of its edges, by so much; it stays in the image and never gets too small. */
export function dragged(box: Box, grip: Grip, dx: number, dy: number, least: number): Box {
  if (grip === "all") {
    const x = clamp(box.x + dx, 0, 1 - box.width);
    const y = clamp(box.y + dy, 0, 1 - box.height);
    return { ...box, x: round(x), y: round(y) };
  }
  let [left, top, right, bottom] = [box.x, box.y, box.x + box.width, box.y + box.height];
  if (grip.includes("w")) left = clamp(left + dx, 0, right - least);
  if (grip.includes("e")) right = clamp(right + dx, left + least, 1);
  if (grip.includes("n")) top = clamp(top + dy, 0, bottom - least);
  if (grip.includes("s")) bottom = clamp(bottom + dy, top + least, 1);
  return { ...box, x: round(left), y: round(top), width: round(right - left), height: round(bottom - top) };
}

/** Where a box that is made by keyboard begins: a fifth of what is seen, in its middle. */
export function fresh(seen: { x: number; y: number; width: number; height: number }, label: string): Box {
  const [width, height] = [seen.width / 5, seen.height / 5];
  return between(
    { x: seen.x + (seen.width - width) / 2, y: seen.y + (seen.height - height) / 2 },
    { x: seen.x + (seen.width + width) / 2, y: seen.y + (seen.height + height) / 2 },
    label,
  );
}
