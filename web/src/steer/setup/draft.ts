// A project that is being set up: what was brought, what is asked, how good, how much; and the specs that follow.

import type { Question } from "@/annotate/task";
import { api, ask, Problem, refused, type Shapes } from "@/api/client";
import { type Draft as ClassDraft, KEYS } from "../classes";

export type Template = Shapes["Template"];
export type Seen = Shapes["Seen"];
export type Estimate = Shapes["Estimate"];

export const KINDS = ["choice", "choices", "scale", "number", "text", "spans", "boxes"] as const;
export type Kind = (typeof KINDS)[number];
/** Kinds whose answers are made of classes. */
export const CLASSED: readonly Kind[] = ["choice", "choices", "scale", "spans", "boxes"];

export interface Plan {
  name: string;
  objective: string;
  ask: string;
  kind: Kind;
  classes: ClassDraft[];
  options: Record<string, unknown>;
  guideline: string;
  accuracy: number;
  confidence: number;
  judgements: { min: number; max: number };
  budget: number | null;
  currency: string;
  price: number;
  expertPrice: number;
  annotator: number;
  labelMyself: boolean;
  members: { name: string; role: string }[];
  /** How many people may come by a link that is made on publishing; 0: no link. */
  invited: number;
  /** The name of a model's account that is made on publishing; empty: no model. */
  model: string;
}

/** What comes of publishing besides the project: each is told once. */
export interface Made {
  readonly invite?: string;
  readonly token?: string;
}

/** Nothing said yet but a question of yes or no, in the words of the reader. */
export const started = (yes: string, no: string): Plan => ({
  name: "",
  objective: "",
  ask: "",
  kind: "choice",
  classes: [
    { id: "yes", title: yes },
    { id: "no", title: no },
  ],
  options: {},
  guideline: "",
  accuracy: 0.95,
  confidence: 0.9,
  judgements: { min: 2, max: 5 },
  budget: null,
  currency: "USD",
  price: 0.04,
  expertPrice: 1,
  annotator: 0.8,
  labelMyself: true,
  members: [],
  invited: 10,
  model: "",
});

/** What an imported template sets; name, people and money stay. */
export function from(template: Template, plan: Plan): Plan {
  const body = (kind: string) =>
    (template.specs.find((one) => one.kind === kind)?.body ?? {}) as Record<string, unknown>;
  const { kind, classes, points, ...options } = body("schema");
  const steps = (body("project").steps ?? []) as { question?: string }[];
  return {
    ...plan,
    ask: String(steps[0]?.question ?? ""),
    kind: kind as Kind,
    classes: ((classes ?? points ?? []) as (ClassDraft | string)[]).map((one) =>
      typeof one === "string" ? { id: one, title: one } : { ...one, title: one.title || capital(one.id) },
    ),
    options,
    guideline: String(body("guideline").text ?? ""),
    judgements: (body("policy").judgements ?? plan.judgements) as Plan["judgements"],
  };
}

function capital(id: string): string {
  return id.charAt(0).toUpperCase() + id.slice(1).replaceAll("_", " ");
}

/** The question as an annotator's screen wants it. */
export function questionOf(plan: Plan): Question {
  const { classes, options, kind, ask: title } = plan;
  const listed = CLASSED.includes(kind) ? classes : [];
  return {
    kind,
    title,
    description: "",
    options: options as Question["options"],
    answer: {},
    classes: listed.map((one, at) => ({
      id: one.id,
      title: one.title || capital(one.id),
      description: one.description ?? "",
      examples: one.examples ?? [],
      counterexamples: one.counterexamples ?? [],
      key: one.key ?? KEYS[at] ?? "",
    })),
  };
}

const STEP = "answer";

export function specsOf(plan: Plan): Shapes["Written"][] {
  const list = plan.kind === "scale" ? "points" : "classes";
  const listed = CLASSED.includes(plan.kind) ? { [list]: plan.classes.map(clean) } : {};
  const specs: { kind: string; name: string; body: unknown }[] = [
    {
      kind: "project",
      name: "project",
      body: {
        name: plan.name.trim(),
        objective: plan.objective,
        target: { accuracy: plan.accuracy, confidence: 0.95 },
        budget: { ...(plan.budget === null ? {} : { total: plan.budget }), currency: plan.currency },
        steps: [{ id: STEP, question: plan.ask, schema: STEP }],
      },
    },
    { kind: "schema", name: STEP, body: { kind: plan.kind, ...plan.options, ...listed } },
    {
      kind: "policy",
      name: "policy",
      body: {
        judgements: plan.judgements,
        accept: { confidence: plan.confidence },
        escalate: [{ when: "judgements >= max && confidence < accept", to: "expert", reason: "undecided" }],
        pay: { judgement: plan.price, adjudication: plan.expertPrice },
      },
    },
  ];
  if (plan.guideline.trim())
    specs.push({ kind: "guideline", name: "guideline", body: { text: plan.guideline } });
  return specs as Shapes["Written"][];
}

/** Without what was left empty. */
function clean(one: ClassDraft): ClassDraft {
  return Object.fromEntries(
    Object.entries(one).filter(
      ([, value]) => value !== "" && value !== undefined && !(Array.isArray(value) && value.length === 0),
    ),
  ) as unknown as ClassDraft;
}

/** Items as they are sent: lines of JSON or a table, or pictures that go up one by one. */
export type Brought =
  | { as: "rows"; type: "application/x-ndjson" | "text/csv"; text: string; name: string }
  | { as: "media"; files: File[] };

const PICTURES = /^(image|audio)\//;

/** What was dropped, in the form in which it is sent. Throws words when nobody can read it. */
export async function bring(files: readonly File[], unreadable: string): Promise<Brought> {
  const [first] = files;
  if (!first) throw new Error(unreadable);
  if (files.every((file) => PICTURES.test(file.type))) return { as: "media", files: [...files] };
  const text = await first.text();
  if (/\.(csv|tsv)$/i.test(first.name)) return { as: "rows", type: "text/csv", text, name: first.name };
  return {
    as: "rows",
    type: "application/x-ndjson",
    text: lines(text, first.name, unreadable),
    name: first.name,
  };
}

/** JSON lines from JSON lines, from a JSON list, or from a text with one item a line. */
export function lines(text: string, name: string, unreadable: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith("[")) {
    try {
      return (JSON.parse(trimmed) as unknown[]).map((row) => JSON.stringify(row)).join("\n");
    } catch {
      throw new Error(unreadable);
    }
  }
  if (/\.(jsonl|ndjson|json)$/i.test(name) || trimmed.startsWith("{")) return trimmed;
  return trimmed
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean)
    .map((line, at) => {
      const key = `line-${String(at + 1).padStart(5, "0")}`;
      return JSON.stringify(ADDRESS.test(line) ? { key, media: [line] } : { key, text: line });
    })
    .join("\n");
}

/** A line that points at an image or a sound instead of being the item. */
const ADDRESS = /^(https?|s3|gs|az):\/\/\S+$/i;

async function post(path: string, type: string, body: BodyInit): Promise<unknown> {
  // A body that is no JSON: the typed client would write it as one.
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": type },
    body,
    credentials: "same-origin",
  });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw await refused(answer.status, said);
  return said;
}

export async function look(brought: Brought): Promise<Seen | null> {
  if (brought.as === "media") return null;
  return (await post("/api/v1/previews", brought.type, brought.text)) as Seen;
}

export async function publish(
  plan: Plan,
  brought: Brought | null,
  me: string,
  reason: string,
): Promise<Made> {
  const project = plan.name.trim();
  const path = `/api/v1/projects/${encodeURIComponent(project)}`;
  await ask(
    api.PUT("/api/v1/projects/{project}", {
      params: { path: { project } },
      body: { specs: specsOf(plan), reason, dry_run: false },
    }),
  );
  if (brought?.as === "rows") await post(`${path}/items`, brought.type, brought.text);
  if (brought?.as === "media") {
    const rows: string[] = [];
    for (const file of brought.files) {
      const kept = (await post(`${path}/media`, file.type, file)) as { url: string; type: string };
      rows.push(JSON.stringify({ key: file.name, media: [kept] }));
    }
    await post(`${path}/items`, "application/x-ndjson", rows.join("\n"));
  }
  const members = plan.labelMyself ? [...plan.members, { name: me, role: "annotator" }] : plan.members;
  for (const { name, role } of members) {
    await ask(
      api.PUT("/api/v1/projects/{project}/members/{account}/{role}", {
        params: { path: { project, account: name, role: role as never } },
      }),
    );
  }
  return { invite: await invite(project, plan.invited), token: await model(project, plan.model.trim()) };
}

async function invite(project: string, uses: number): Promise<string | undefined> {
  if (uses < 1) return undefined;
  const made = await ask(
    api.POST("/api/v1/projects/{project}/invites", {
      params: { path: { project } },
      body: { role: "annotator", uses, days: 14 },
    }),
  );
  return `${location.origin}/join/${made.secret}`;
}

/** A model's account with its token, which may work in this project. */
async function model(project: string, name: string): Promise<string | undefined> {
  if (!name) return undefined;
  try {
    await ask(api.POST("/api/v1/accounts", { body: { name, kind: "machine", admin: false } }));
  } catch (error) {
    if (!(error instanceof Problem && error.status === 409)) throw error; // it is there already
  }
  await ask(
    api.PUT("/api/v1/projects/{project}/members/{account}/{role}", {
      params: { path: { project, account: name, role: "machine" } },
    }),
  );
  const made = await ask(
    api.POST("/api/v1/tokens", { body: { name: project, scopes: ["work"], account: name } }),
  );
  return made.token;
}
