// The only door to the server: the public API, typed from its OpenAPI document.
import i18next from "i18next";
import createClient from "openapi-fetch";
import { learn, worded } from "@/problems/worded";
import type { components, paths } from "./schema";

export type Shapes = components["schemas"];

interface Refusal {
  type?: string;
  title?: string;
  detail?: string;
  where?: string;
  mend?: string;
  said?: Shapes["Sentences"];
}

/**
 * A refusal in the reader's language: what happened, and how to mend it. What nobody translated (an extension says it,
 * or no words could be fetched) is told by its type, and by the server's own words where these say more than the type.
 */
function tell(status: number, { type, title, detail, mend, said }: Refusal): string {
  const told = said && worded(said);
  if (told) return told;
  const english = [detail ?? title, mend].filter(Boolean).join(" ");
  const words = `problem.${type?.split("/").at(-1)}`;
  const known = i18next.exists(words);
  if (english && (!known || !i18next.language || i18next.language.startsWith("en"))) return english;
  if (!known) return `HTTP ${status}`;
  return i18next.t(words as "problem.error", { said: english, interpolation: { escapeValue: false } });
}

/** What the server answers when it refuses (RFC 9457), with the field at fault. */
export class Problem extends Error {
  readonly status: number;
  readonly type: string;
  readonly where: string | undefined;

  constructor(status: number, body: Refusal) {
    super(tell(status, body));
    this.name = "Problem";
    this.status = status;
    this.type = body.type ?? "about:blank";
    this.where = body.where;
  }
}

/** A refusal, once there are words for it. */
export async function refused(status: number, body: Refusal): Promise<Problem> {
  await learn().catch(() => undefined);
  return new Problem(status, body);
}

/** The network did not carry the request; whether it arrived is not known. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super(i18next.exists("failed.unreachable") ? i18next.t("failed.unreachable") : "Unreachable", { cause });
    this.name = "Unreachable";
  }
}

export const api = createClient<paths>({ credentials: "same-origin" });

let ahead = 0;

/** The time at the server (ms), which says when leases end; this device's clock may be wrong. */
export function serverNow(): number {
  return Date.now() + ahead;
}

/** A difference of a second or two is the header's rounding and the way of the answer. */
function setClock(response: Response): void {
  const told = Date.parse(response.headers.get("date") ?? "");
  const apart = told + 500 - Date.now();
  if (!Number.isNaN(told)) ahead = Math.abs(apart) > 2_000 ? apart : 0;
}

api.use({
  onError({ error }) {
    return error instanceof DOMException && error.name === "AbortError" ? error : new Unreachable(error);
  },
  async onResponse({ response }) {
    setClock(response);
    if (response.ok) return;
    const said = await response
      .clone()
      .json()
      .catch(() => ({}));
    throw await refused(response.status, said);
  },
});

/** The body of an answer; throws `Problem` when refused and `Unreachable` when not carried. */
export async function ask<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}

/**
 * A random key: a request that is sent again under the same one counts once. `crypto.randomUUID` is absent where the
 * page came over plain http.
 */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
