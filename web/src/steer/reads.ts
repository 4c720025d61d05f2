// What the screens of this folder read.
import { queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "@/api/client";
import type { paths } from "@/api/schema";

export type Home = Shapes["Home"];
export type Of = Shapes["Of"];
export type Item = Shapes["Item"];
export type Page = Shapes["Page"];
export type Spec = Shapes["Spec"];
export type Skilled = Shapes["Skilled"];
export type Series =
  paths["/api/v1/projects/{project}/series"]["get"]["responses"][200]["content"]["application/json"];
export type SeriesOf =
  | "progress"
  | "judgements"
  | "gold_accuracy"
  | "agreement"
  | "confusion"
  | "queue_age"
  | "expert_time"
  | "cost";

const at = (project: string) => ({ path: { project } });

export const homeOf = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "home"],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/home", { params: at(project) })),
  });

export const seriesOf = (project: string, of: SeriesOf, by: "hour" | "day" = "day") =>
  queryOptions({
    queryKey: ["project", project, "series", of, by],
    queryFn: () =>
      ask(api.GET("/api/v1/projects/{project}/series", { params: { ...at(project), query: { of, by } } })),
    staleTime: 60_000,
  });

export const specsOf = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "specs"],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/specs", { params: at(project) })),
  });

export const versionsOf = (project: string, kind: Spec["kind"], name: string) =>
  queryOptions({
    queryKey: ["project", project, "specs", kind, name],
    queryFn: () =>
      ask(
        api.GET("/api/v1/projects/{project}/specs/{kind}/{name}", {
          params: { path: { project, kind, name } },
        }),
      ),
  });

export const skillsOf = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "skills"],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/skills", { params: at(project) })),
  });

export const storyOf = (project: string, item: string) =>
  queryOptions({
    queryKey: ["project", project, "story", item],
    queryFn: () =>
      ask(api.GET("/api/v1/projects/{project}/items/{item}/why", { params: { path: { project, item } } })),
  });

/** The item itself, with its media; null when it is not to be seen. */
export const itemOf = (project: string, key: string) =>
  queryOptions({
    queryKey: ["project", project, "item", key],
    queryFn: async () => {
      const params = { ...at(project), query: { q: key, limit: 20 } };
      const { items } = await ask(api.GET("/api/v1/projects/{project}/items", { params }));
      return items.find((one) => one.key === key) ?? null;
    },
  });

export const guidelineAt = (project: string, version: number | null) =>
  queryOptions({
    queryKey: ["guide", project, "at", version],
    enabled: version !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () =>
      ask(
        api.GET("/api/v1/projects/{project}/guide", {
          params: { ...at(project), query: { guideline: version ?? undefined } },
        }),
      ),
  });
