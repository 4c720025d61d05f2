// What an item's body is, so that it can be shown: text, a conversation, a table, or fields.

export interface Message {
  readonly who: string;
  readonly text: string;
  /** Stands on the other side. */
  readonly own: boolean;
  /** Of an assistant, whose answers are Markdown. */
  readonly assistant: boolean;
}

export type Fields = [name: string, value: unknown][];

export interface Shape {
  /** The main text, and the field it is in. */
  readonly text?: { field: string; text: string; markdown: boolean };
  readonly chat?: { field: string; messages: Message[] };
  readonly table?: { field: string; columns: string[]; rows: Record<string, unknown>[] };
  readonly rest: Fields;
}

const TEXTS = ["text", "markdown", "content", "sentence", "document", "body", "prompt", "question"];
const CHATS = ["messages", "conversation", "chat", "dialogue", "dialog", "turns"];
const WHO = ["role", "from", "speaker", "author", "name", "sender"];
const WHAT = ["content", "text", "message", "value", "body"];
const ANSWERING = new Set(["assistant", "agent", "bot", "gpt", "system", "model"]);

export function shapeOf(body: unknown): Shape {
  if (typeof body === "string") return { text: { field: "", text: body, markdown: false }, rest: [] };
  if (Array.isArray(body)) return ofList("", body) ?? { rest: [["", body]] };
  if (body === null || typeof body !== "object") return { rest: [["", body]] };
  return ofFields(Object.entries(body));
}

function ofFields(fields: Fields): Shape {
  const without = (field: string) => fields.filter(([name]) => name !== field);
  const wide = columned(fields);
  if (wide) return wide;
  for (const [field, value] of fields) {
    const list = Array.isArray(value) && (CHATS.includes(field) || isTable(value)) && ofList(field, value);
    if (list) return { ...ofFields(without(field)), ...list, rest: ofFields(without(field)).rest };
  }
  const texts = fields.filter(([, value]) => typeof value === "string");
  const field = TEXTS.find((name) => texts.some(([one]) => one === name)) ?? longest(texts);
  const found = texts.find(([name]) => name === field)?.[1] as string | undefined;
  if (field === undefined || found === undefined) return { rest: fields };
  const format = fields.find(([name]) => name === "format")?.[1];
  const markdown = field === "markdown" || format === "markdown";
  return {
    text: { field, text: found, markdown },
    rest: without(field).filter(([name]) => name !== "format"),
  };
}

/** `columns` names those of `rows`, in an order that an object would not keep; rows are lists or objects. */
function columned(fields: Fields): Shape | null {
  const { columns, rows } = Object.fromEntries(fields) as { columns?: unknown; rows?: unknown };
  if (!Array.isArray(columns) || !Array.isArray(rows) || columns.some((one) => typeof one !== "string"))
    return null;
  const told = rows.map((row) =>
    Array.isArray(row) ? Object.fromEntries(columns.map((column, at) => [column, row[at]])) : row,
  );
  if (!isTable(told)) return null;
  const rest = fields.filter(([name]) => name !== "columns" && name !== "rows");
  const others = rest.length > 0 ? ofFields(rest) : { rest };
  return { ...others, table: { field: "rows", columns, rows: told } };
}

function longest(texts: Fields): string | undefined {
  return texts.toSorted(([, a], [, b]) => String(b).length - String(a).length)[0]?.[0];
}

function ofList(field: string, list: unknown[]): Pick<Shape, "chat" | "table" | "rest"> | null {
  const messages = list.map(message);
  if (list.length > 0 && messages.every((one) => one !== null))
    return { chat: { field, messages: sides(messages) }, rest: [] };
  if (!isTable(list)) return null;
  const rows = list as Record<string, unknown>[];
  return { table: { field, columns: [...new Set(rows.flatMap(Object.keys))], rows }, rest: [] };
}

function isTable(list: unknown[]): boolean {
  return (
    list.length > 0 && list.every((row) => typeof row === "object" && row !== null && !Array.isArray(row))
  );
}

function message(written: unknown): Message | null {
  if (typeof written !== "object" || written === null) return null;
  const fields = written as Record<string, unknown>;
  const what = WHAT.find((name) => typeof fields[name] === "string");
  const who = WHO.find((name) => typeof fields[name] === "string");
  if (!what || !who) return null;
  const name = String(fields[who]);
  const assistant = ANSWERING.has(name.toLowerCase());
  return { who: name, text: String(fields[what]), own: assistant, assistant };
}

/** Between two people, the second stands opposite the first. */
function sides(messages: Message[]): Message[] {
  const [, second, third] = [...new Set(messages.map((one) => one.who))];
  if (third !== undefined || messages.some((one) => one.own)) return messages;
  return messages.map((one) => ({ ...one, own: one.who === second }));
}

const RIGHT_TO_LEFT = new Set(["ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

/** The direction of a language; `auto`, by the text itself, when none is told. */
export function direction(language: string | null | undefined): "ltr" | "rtl" | "auto" {
  if (!language) return "auto";
  return RIGHT_TO_LEFT.has(language.toLowerCase().split(/[-_]/)[0] as string) ? "rtl" : "ltr";
}
