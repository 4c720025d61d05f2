// Findings, diagnoses and requests to clarify, over the wire.
import { queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "@/api/client";

export type Finding = Shapes["ProjectFinding"];
export type Diagnosis = Shapes["ProjectDiagnosis"];
export type Clarification = Shapes["Clarification"];
export type State = Finding["state"];
export type Consequence = Finding["consequences"][number]["kind"];

export interface Wanted {
  state?: State;
  kind?: string;
  annotator?: string;
}

export const findingsOf = (project: string, wanted: Wanted) =>
  queryOptions({
    queryKey: ["project", project, "findings", wanted],
    queryFn: () =>
      ask(
        api.GET("/api/v1/projects/{project}/findings", {
          params: { path: { project }, query: { ...wanted, limit: 100 } },
        }),
      ),
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
