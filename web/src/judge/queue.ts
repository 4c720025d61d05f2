// The experts' queue over the wire: what waits, the case in hand, and the word on it.
import { queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "@/api/client";

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

export function adjudicate(body: Shapes["Adjudication"]): Promise<Shapes["Adjudicated"]> {
  return ask(api.POST("/api/v1/cases/adjudicate", { body }));
}

/** How often an annotator is right: on items of one class, or over all; null where no matrix says so. */
export function skillOf(skill: unknown, position?: number): number | null {
  if (!Array.isArray(skill) || !Array.isArray(skill[0])) return null;
  const rows = skill as number[][];
  const share = (row: number[], at: number) => {
    const total = row.reduce((sum, cell) => sum + cell, 0);
    return total > 0 ? (row[at] ?? 0) / total : 0;
  };
  if (position !== undefined && rows[position]) return share(rows[position], position);
  return rows.reduce((sum, row, at) => sum + share(row, at), 0) / rows.length;
}
