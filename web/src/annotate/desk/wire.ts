// What the desk asks of the server.
import { api, ask } from "@/api/client";
import type { Task } from "../task";
import type { Entry } from "./store";

export interface Wire {
  claim(count: number): Promise<Task[]>;
  held(): Promise<Task[]>;
  extend(project: string, assignments: string[]): Promise<Record<string, string>>;
  carry(entry: Entry): Promise<unknown>;
  /** Give tasks back and send what waits, while the page goes away. */
  leave(assignments: string[], entries: Entry[]): void;
}

export const wire: Wire = {
  claim: async (count) => (await ask(api.POST("/api/v1/work/claim", { body: { count } }))).tasks,
  held: async () => (await ask(api.GET("/api/v1/work/held"))).tasks,
  extend: async (project, assignments) =>
    (await ask(api.POST("/api/v1/work/extend", { body: { project, assignments } }))).expires_at,
  carry: (entry) =>
    ask(
      // Each path takes the body that was made for it.
      api.POST(entry.path as "/api/v1/work/submit", {
        body: entry.body as never,
        headers: { "Idempotency-Key": entry.id },
      }),
    ),
  leave: (assignments, entries) => {
    for (const entry of entries) post(entry.path, entry.body, entry.id);
    for (const assignment of assignments) post("/api/v1/work/release", { assignment });
  },
};

function post(path: string, body: unknown, key?: string): void {
  const headers = { "Content-Type": "application/json", ...(key ? { "Idempotency-Key": key } : {}) };
  fetch(path, { method: "POST", keepalive: true, headers, body: JSON.stringify(body) }).catch(
    () => undefined,
  );
}
