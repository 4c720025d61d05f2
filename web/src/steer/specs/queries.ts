import { queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "@/api/client";

export type Spec = Shapes["Spec"];
export type Kind = Spec["kind"];

export const inForce = (project: string) =>
  queryOptions({
    queryKey: ["specs", project],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/specs", { params: { path: { project } } })),
  });

export const versions = (project: string, kind: Kind, name: string) =>
  queryOptions({
    queryKey: ["specs", project, kind, name],
    queryFn: () =>
      ask(
        api.GET("/api/v1/projects/{project}/specs/{kind}/{name}", {
          params: { path: { project, kind, name } },
        }),
      ),
  });

export const differences = (project: string, kind: Kind, name: string, old: number, newer: number) =>
  queryOptions({
    queryKey: ["specs", project, kind, name, old, newer],
    queryFn: () =>
      ask(
        api.GET("/api/v1/projects/{project}/specs/{kind}/{name}/differences", {
          params: { path: { project, kind, name }, query: { old, new: newer } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });
