// Change a spec: write, see what it would do, say why, publish.
import { Button, Select, Stack, Text, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { YAMLParseError } from "yaml";
import { api, ask } from "@/api/client";
import { asDrafts, ClassEditor } from "../classes";
import classes from "../project.module.css";
import { Effect } from "./effect";
import { Publish } from "./publish";
import type { Spec } from "./queries";
import { read, written } from "./written";

interface Props {
  project: string;
  spec: Spec;
  onCancel: () => void;
  onPublished: () => Promise<void>;
}

export function Edit({ project, spec, onCancel, onPublished }: Props) {
  const { t } = useTranslation("steer");
  const [text, setText] = useState(() => written(spec.body));
  const write = (next: string) => {
    setText(next);
    preview.reset();
  };
  const where = { params: { path: { project, kind: spec.kind, name: spec.name } } };
  // biome-ignore lint/suspicious/noExplicitAny: the server checks the body; its faults name the field
  const body = () => read(text, spec.body) as any;
  const preview = useMutation({
    mutationFn: async () =>
      ask(
        api.POST("/api/v1/projects/{project}/specs/{kind}/{name}/preview", {
          ...where,
          body: { body: body() },
        }),
      ),
  });
  const publish = useMutation({
    mutationFn: async (reason: string) =>
      ask(
        api.PUT("/api/v1/projects/{project}/specs/{kind}/{name}", {
          ...where,
          body: { body: body(), reason, dry_run: false },
        }),
      ),
    onSuccess: onPublished,
  });
  const error = publish.error ?? preview.error;
  return (
    <Stack>
      <Classes spec={spec} text={text} onChange={write} />
      <Textarea
        label={t("specs.body")}
        classNames={{ input: classes.editor }}
        autosize
        minRows={8}
        maxRows={spec.kind === "schema" ? 12 : 28}
        value={text}
        onChange={(event) => write(event.currentTarget.value)}
      />
      {error && (
        <Text role="alert" c="var(--danger)">
          {error instanceof YAMLParseError
            ? t("specs.unreadable", { line: error.linePos?.[0].line, column: error.linePos?.[0].col })
            : error.message}
        </Text>
      )}
      {preview.data && <Effect found={preview.data} />}
      <Publish
        ready={Boolean(preview.data?.publishable)}
        busy={publish.isPending}
        onPublish={publish.mutate}
        onCancel={onCancel}
      >
        <Button variant="default" onClick={() => preview.mutate()} loading={preview.isPending}>
          {t("specs.preview")}
        </Button>
      </Publish>
    </Stack>
  );
}

interface Classed {
  classes?: unknown;
  kind?: string;
  migrate?: Record<string, unknown>;
}

const AGAIN = "ask again";

/** The classes of a schema as fields; what is written here stands in the text below. */
function Classes({ spec, text, onChange }: { spec: Spec; text: string; onChange: (text: string) => void }) {
  const { t } = useTranslation("steer");
  const [now, was] = [parsed(text, spec.body), spec.body as Classed];
  if (spec.kind !== "schema" || !now || !Array.isArray(now.classes)) return null;
  const drafts = asDrafts(now.classes);
  const before = asDrafts(was.classes).map((one) => one.id);
  const gone = before.filter((id) => !drafts.some((one) => one.id === id));
  return (
    <>
      <ClassEditor
        drafts={drafts}
        keepIds={new Set(before)}
        onChange={(next) => onChange(written({ ...now, classes: next }))}
      />
      {gone.map((id) => (
        <Select
          key={id}
          label={t("specs.becomes", { id })}
          required
          maw={400}
          data={[
            { value: AGAIN, label: t("specs.again") },
            ...drafts.map((one) => ({ value: one.id, label: t("specs.to", { id: one.id }) })),
          ]}
          value={String(now.migrate?.[id] ?? "") || null}
          onChange={(to) => onChange(written({ ...now, migrate: { ...now.migrate, [id]: to } }))}
        />
      ))}
    </>
  );
}

function parsed(text: string, body: unknown): Classed | null {
  try {
    return read(text, body) as Classed;
  } catch {
    return null;
  }
}
