// The media of an item: where the server gives them out, and what they are.
import type { Item } from "../task";

export interface Medium {
  /** Always of our own server, which fetches what lies elsewhere; null when it cannot. */
  readonly src: string | null;
  readonly type: "image" | "audio" | "video" | "other";
  readonly name: string;
}

const IMAGES = /\.(png|jpe?g|gif|webp|avif|bmp|svg)$/i;
const SOUNDS = /\.(mp3|wav|ogg|oga|flac|m4a|opus)$/i;
const FILMS = /\.(mp4|webm|mov|ogv)$/i;

export function mediaOf(item: Item): Medium[] {
  const media = Array.isArray(item.media) ? item.media : item.media ? [item.media] : [];
  return media.map((one) => medium(one as Record<string, unknown>, item.project));
}

function medium(written: Record<string, unknown>, project: string): Medium {
  const url = String(written.url ?? "");
  const digest = typeof written.sha256 === "string" ? written.sha256 : null;
  const path = url.split(/[?#]/)[0] ?? "";
  const type = String(written.type ?? "");
  const media = `/api/v1/projects/${encodeURIComponent(project)}/media`;
  const elsewhere = /^(https?|s3|gs|gcs|az|abfs):/i.test(url) ? url : null;
  return {
    src: digest
      ? `${media}/${digest}`
      : elsewhere && `${media}/elsewhere?url=${encodeURIComponent(elsewhere)}`,
    type: kindOf(type, path),
    name: path.startsWith("media:") ? "" : lastPart(path),
  };
}

function kindOf(type: string, path: string): Medium["type"] {
  for (const kind of ["image", "audio", "video"] as const) if (type.startsWith(`${kind}/`)) return kind;
  if (IMAGES.test(path)) return "image";
  if (SOUNDS.test(path)) return "audio";
  return FILMS.test(path) ? "video" : "other";
}

function lastPart(path: string): string {
  const part = path.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Have the images of a task in the browser's cache before it is shown. */
export function prefetch(item: Item): void {
  for (const { src, type } of mediaOf(item)) if (src && type === "image") new Image().src = src;
}
