// Findings, diagnoses and requests to clarify, over the wire.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "@/api/client";

export type Finding = Shapes["ProjectFinding"];
export type Diagnosis = Shapes["ProjectDiagnosis"];
export type Clarification = Shapes["Clarification"];
export type State = Finding["state"] | "unjudged";
export type Of = "work" | "answers";
export type Consequence = Finding["consequences"][number]["kind"];

export interface Wanted {
  of?: Of;
  state?: State;
  kind?: string;
  annotator?: string;
}

const PAGE = 50;

export const findingsOf = (project: string, wanted: Wanted) =>
  infiniteQueryOptions({
    queryKey: ["project", project, "findings", wanted],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: before }) =>
      ask(
        api.GET("/api/v1/projects/{project}/findings", {
          params: { path: { project }, query: { ...wanted, before, limit: PAGE } },
        }),
      ),
    getNextPageParam: (page) => (page.length === PAGE ? page.at(-1)?.id : undefined),
  });

export const diagnosesOf = (project: string, annotator?: string) =>
  queryOptions({
    queryKey: ["project", project, "diagnoses", annotator],
    queryFn: () =>
      ask(
        api.GET("/api/v1/projects/{project}/diagnoses", {
          params: { path: { project }, query: { annotator } },
        }),
      ),
  });

export const clarificationsOf = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "clarifications"],
    queryFn: () =>
      ask(api.GET("/api/v1/projects/{project}/clarifications", { params: { path: { project } } })),
  });
