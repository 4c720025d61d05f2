// What the pages of money read, and what they do.
import { queryOptions } from "@tanstack/react-query";
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
