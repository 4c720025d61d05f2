// Annotators over the wire, and what is done about one.
import { queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "@/api/client";

export type Annotator = Shapes["Annotator"];
export type AnnotatorPage = Shapes["AnnotatorPage"];
export type Measure = "pause" | "resume" | "retrain" | "block" | "message";

export const annotatorsOf = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "annotators"],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/annotators", { params: { path: { project } } })),
  });

export const annotatorOf = (project: string, annotator: string) =>
  queryOptions({
    queryKey: ["project", project, "annotators", annotator],
    queryFn: () =>
      ask(
        api.GET("/api/v1/projects/{project}/annotators/{annotator}", {
          params: { path: { project, annotator } },
        }),
      ),
  });

/** Do something about an annotator; how many labels are looked at again. */
export async function take(
  measure: Measure,
  project: string,
  annotator: string,
  reason: string,
  discount: boolean,
): Promise<number> {
  const params = { path: { project, annotator } };
  if (measure === "message") {
    await ask(
      api.POST("/api/v1/projects/{project}/annotators/{annotator}/messages", {
        params,
        body: { text: reason },
      }),
    );
    return 0;
  }
  if (measure === "block") {
    const body = { reason, discount };
    return (await ask(api.POST("/api/v1/projects/{project}/annotators/{annotator}/block", { params, body })))
      .tasks;
  }
  const path = `/api/v1/projects/{project}/annotators/{annotator}/${measure}` as const;
  return (await ask(api.POST(path, { params, body: { reason } }))).tasks;
}

export const leadsOf = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "leads"],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/leads", { params: { path: { project } } })),
  });
