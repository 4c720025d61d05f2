import type { Shapes } from "@/api/client";

export type Me = Shapes["Me"];

/** Whether somebody holds one of these roles in some project. An administrator manages everywhere and judges nowhere. */
export function holds(me: Me, ...roles: string[]): boolean {
  if (me.admin && roles.includes("manager")) return true;
  return Object.values(me.roles).some((held) => held.some((role) => roles.includes(role)));
}

/** The sections of the app that are somebody's to see, most important first. */
export function sections(me: Me): ("projects" | "judge" | "work")[] {
  const mine: ("projects" | "judge" | "work")[] = [];
  if (holds(me, "manager", "steward", "auditor")) mine.push("projects");
  if (holds(me, "expert")) mine.push("judge");
  if (holds(me, "annotator", "expert")) mine.push("work");
  return mine;
}

/** Where somebody starts. */
export function home(me: Me): string {
  return `/${sections(me)[0] ?? "account"}`;
}
