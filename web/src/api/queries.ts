// Reads that several screens share. A screen's own reads live beside it.
import { QueryClient, queryOptions } from "@tanstack/react-query";
import { api, ask, Problem } from "./client";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // What was refused is refused again; only what was not carried is worth another try.
      retry: (count, error) => !(error instanceof Problem) && count < 3,
    },
  },
});

export const me = queryOptions({
  queryKey: ["me"],
  queryFn: () => ask(api.GET("/api/v1/me")),
  staleTime: 60_000,
});

export const projects = queryOptions({
  queryKey: ["projects"],
  queryFn: () => ask(api.GET("/api/v1/projects")),
});
