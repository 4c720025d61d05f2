// What becoming trusted is read from.
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "@/api/client";

export const standing = queryOptions({
  queryKey: ["standing"],
  queryFn: () => ask(api.GET("/api/v1/work/standing")),
});

export const weeks = queryOptions({
  queryKey: ["weeks"],
  queryFn: () => ask(api.GET("/api/v1/work/digests")),
});

export const trainingOf = (project: string, training: string) =>
  queryOptions({
    queryKey: ["training", project, training],
    queryFn: () =>
      ask(
        api.GET("/api/v1/projects/{project}/trainings/{training}", {
          params: { path: { project, training } },
        }),
      ),
  });
