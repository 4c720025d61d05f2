// A project's guide: its questions, its guideline and its terms, fetched once and again when a task names newer ones.
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/api/client";
import { queries } from "@/api/queries";
import type { Clause, Guide, Question, Step, Task, Words } from "./task";

export const guideOf = (project: string) =>
  queryOptions({
    queryKey: ["guide", project],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/guide", { params: { path: { project } } })),
    staleTime: 5 * 60_000,
    gcTime: Number.POSITIVE_INFINITY,
  });

/** The step of a task; undefined when the guide does not have it. */
export function stepOf(guide: Guide | undefined, task: Task | undefined): Step | undefined {
  return guide?.steps.find((step) => step.step === task?.step);
}

function isOld(guide: Guide, task: Task): boolean {
  const step = stepOf(guide, task);
  return (
    !step ||
    step.schema_version < task.schema_version ||
    (guide.guideline?.version ?? 0) < (task.guideline_version ?? 0)
  );
}

/** Have the guide that a task is to be answered by. */
export async function haveGuide(task: Task): Promise<Guide> {
  const guide = await queries.ensureQueryData(guideOf(task.project));
  return isOld(guide, task) ? queries.fetchQuery({ ...guideOf(task.project), staleTime: 0 }) : guide;
}

/** The clause that speaks of a class: the one its description names, else the one whose title has its title. */
export function clauseOf(
  guide: Guide | undefined,
  question: Question | undefined,
  id: string | null,
  words: (written: Words) => string,
): Clause | undefined {
  const clauses = guide?.guideline?.clauses ?? [];
  const one = question?.classes.find((each) => each.id === id);
  if (!one) return undefined;
  const named = words(one.description).match(/\d+(?:\.\d+)+/g) ?? [];
  const title = words(one.title).toLowerCase();
  return (
    clauses.find((clause) => clause.id !== null && (named as string[]).includes(clause.id)) ??
    clauses.find((clause) => title.length > 2 && clause.title.toLowerCase().includes(title))
  );
}
