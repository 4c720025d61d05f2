// What the pages of money read, and what they do.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "@/api/client";

export type Pay = Shapes["ProjectPay"];
export type StepMoney = Shapes["StepMoney"];
export type OpenHold = Shapes["OpenHold"];

export const payOf = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "pay"],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/pay", { params: { path: { project } } })),
  });

export const dueIn = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "pay", "due"],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/payouts", { params: { path: { project } } })),
    staleTime: 0,
  });

export type PaidAnswer = Shapes["PaidAnswer"];
export type Bonus = Shapes["BonusGiven"];
export type BonusRun = Shapes["BonusRun"];
const PAGE = 50;

export const pricesOf = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "pay", "prices"],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/pay/prices", { params: { path: { project } } })),
  });

export const bonusesIn = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "pay", "bonuses"],
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/pay/bonuses", { params: { path: { project } } })),
    staleTime: 0,
  });

export const bonusRunsIn = (project: string) =>
  queryOptions({
    queryKey: ["project", project, "pay", "bonusRuns"],
    queryFn: () =>
      ask(api.GET("/api/v1/projects/{project}/pay/bonuses/runs", { params: { path: { project } } })),
  });

/** What taking a run back would take from whom, or took. */
export const takenBackBy = (project: string, run: string) =>
  queryOptions({
    queryKey: ["project", project, "pay", "bonusRuns", run],
    queryFn: () =>
      ask(
        api.GET("/api/v1/projects/{project}/pay/bonuses/runs/{run}", { params: { path: { project, run } } }),
      ),
    staleTime: 0,
  });

export const paidAnswersOf = (project: string, annotator: string) =>
  infiniteQueryOptions({
    queryKey: ["project", project, "pay", "answers", annotator],
    queryFn: ({ pageParam: before }) =>
      ask(
        api.GET("/api/v1/projects/{project}/pay/answers", {
          params: { path: { project }, query: { annotator, limit: PAGE, ...(before ? { before } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => (page.length === PAGE ? page.at(-1)?.annotation : undefined),
    staleTime: 0,
  });
