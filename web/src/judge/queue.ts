// The experts' queue over the wire: what waits, the case in hand, and the word on it.
import { queryOptions } from "@tanstack/react-query";
import { api, ask, newKey, type Shapes } from "@/api/client";

export type Case = Shapes["Case"];
export type Given = Shapes["Given"];
export type Queued = Shapes["Queued"] & { project: string };

/** One's own cases come first, then those that are anybody's, then those that are another one's turn. */
const turn = (one: Queued) => (one.yours ? 0 : one.expert === null ? 1 : 2);

/** What waits in these projects, most urgent first. */
export const queueOf = (projects: readonly string[]) =>
  queryOptions({
    queryKey: ["queue", ...projects],
    refetchInterval: 30_000,
    queryFn: async () => {
      const each = await Promise.all(
        projects.map(async (project) => {
          const params = { path: { project }, query: { limit: 100 } };
          const rows = await ask(api.GET("/api/v1/projects/{project}/cases", { params }));
          return rows.map((row): Queued => ({ ...row, project }));
        }),
      );
      return each.flat().sort((a, b) => turn(a) - turn(b) || b.priority - a.priority);
    },
  });

/** A case that you hold. It stays as it is while you look at it. */
export const caseOf = (assignment: string | undefined) =>
  queryOptions({
    queryKey: ["case", assignment],
    enabled: assignment !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () =>
      ask(api.GET("/api/v1/cases/{assignment}", { params: { path: { assignment: assignment as string } } })),
  });

export const precedentsOf = (assignment: string) =>
  queryOptions({
    queryKey: ["case", assignment, "precedents"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () =>
      ask(api.GET("/api/v1/cases/{assignment}/precedents", { params: { path: { assignment } } })),
  });

/** All that is known of a case that you have answered, the blind ones too. */
export const revealOf = (assignment: string) =>
  queryOptions({
    queryKey: ["case", assignment, "reveal"],
    queryFn: () => ask(api.GET("/api/v1/cases/{assignment}/reveal", { params: { path: { assignment } } })),
  });

/** Lease the most urgent case; undefined when nothing waits for you. */
export async function claim(projects: readonly string[]): Promise<Case | undefined> {
  const body = { count: 1, projects: [...projects] };
  return (await ask(api.POST("/api/v1/cases/claim", { body }))).cases[0];
}

export function giveBack(assignment: string): Promise<unknown> {
  return ask(api.POST("/api/v1/work/release", { body: { assignment } }));
}

/** The word on a case, with the key under which it is sent. */
export interface Word {
  readonly key: string;
  readonly body: Shapes["Adjudication"];
}

/** What is to be sent: `last` once more when it says the same (it keeps its seconds, too), so that it counts once. */
export function wordOf(body: Shapes["Adjudication"], last?: Word): Word {
  const said = (word: Shapes["Adjudication"]) => JSON.stringify({ ...word, seconds: null });
  return last && said(last.body) === said(body) ? last : { key: newKey(), body };
}

export function adjudicate({ key, body }: Word): Promise<Shapes["Adjudicated"]> {
  return ask(api.POST("/api/v1/cases/adjudicate", { body, headers: { "Idempotency-Key": key } }));
}

/** How often somebody is right, between 0 and 1, with the ends of a 95 % interval. */
export interface Rightness {
  share: number;
  low: number;
  high: number;
}

/**
 * How often an annotator is right: on items of one class, or over all; null where no matrix says so. A row of counts is
 * a Dirichlet belief, so a share p of n has the variance p (1 − p) / (n + 1); the interval is symmetric on the logit.
 */
export function skillOf(skill: unknown, position?: number): Rightness | null {
  if (!Array.isArray(skill) || !Array.isArray(skill[0])) return null;
  const rows = skill as number[][];
  const asked = position !== undefined && rows[position] ? [position] : rows.map((_, at) => at);
  let share = 0;
  let variance = 0;
  for (const at of asked) {
    const row = rows[at] ?? [];
    const total = row.reduce((sum, cell) => sum + cell, 0);
    const right = total > 0 ? (row[at] ?? 0) / total : 0;
    share += right / asked.length;
    variance += (right * (1 - right)) / (total + 1) / asked.length ** 2;
  }
  const inside = share * (1 - share);
  if (inside <= 0) return { share, low: share, high: share };
  const reach = (1.96 * Math.sqrt(variance)) / inside;
  const end = (way: number) => 1 / (1 + Math.exp(-Math.log(share / (1 - share)) - way * reach));
  return { share, low: end(-1), high: end(1) };
}
