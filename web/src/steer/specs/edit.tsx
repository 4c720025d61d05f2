// Change a spec: write, see what it would do, say why, publish.
import { Alert, Button, Group, Select, Stack, Table, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { count, money } from "@/shared/format";
import { asDrafts, ClassEditor } from "../classes";
import classes from "../project.module.css";
import { Differences } from "./compare";
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
  const { t: shared } = useTranslation();
  const [text, setText] = useState(() => written(spec.body));
  const [reason, setReason] = useState("");
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
    mutationFn: async () =>
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
          {error.message}
        </Text>
      )}
      {preview.data && <Preview found={preview.data} />}
      <TextInput
        label={t("specs.why")}
        description={t("specs.whyHint")}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={1000}
      />
      <Group>
        <Button variant="default" onClick={() => preview.mutate()} loading={preview.isPending}>
          {t("specs.preview")}
        </Button>
        <Button
          onClick={() => publish.mutate()}
          disabled={!preview.data?.publishable || !reason.trim()}
          loading={publish.isPending}
        >
          {t("specs.publish")}
        </Button>
        <Button variant="subtle" color="gray" onClick={onCancel}>
          {shared("cancel")}
        </Button>
      </Group>
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

function Preview({ found }: { found: Shapes["Previewed"] }) {
  const { t } = useTranslation("steer");
  return (
    <section aria-labelledby="preview" aria-live="polite">
      <Title order={2} id="preview" mb="xs">
        {t("specs.would")}
      </Title>
      {found.faults.map((fault) => (
        <Alert
          key={`${fault.where} ${fault.detail}`}
          color="red"
          title={fault.where ?? t("specs.fault")}
          mb="xs"
        >
          {fault.detail} {fault.mend}
        </Alert>
      ))}
      {found.publishable && (
        <Text mb="xs">
          {t("specs.effect", {
            kept: count(sum(found.labels, "kept")),
            mapped: count(found.mapped ?? 0),
            asked: count(found.asked_again ?? 0),
            cost: money(found.cost ?? 0, found.currency ?? "USD"),
          })}
        </Text>
      )}
      {(found.labels?.length ?? 0) > 0 && (
        <Table mb="sm">
          <Table.Tbody>
            {found.labels?.map((one) => (
              <Table.Tr key={`${one.label} ${one.what} ${one.to}`}>
                <Table.Th scope="row">{one.label}</Table.Th>
                <Table.Td>{t(`specs.moved.${one.what}`, { to: one.to })}</Table.Td>
                <Table.Td align="right">{count(one.labels)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {found.changes.map((change) => (
        <Differences key={`${change.kind} ${change.name}`} rows={change.differences} />
      ))}
    </section>
  );
}

function sum(rows: Shapes["Moved"][] | undefined, what: string): number {
  return (rows ?? []).filter((one) => one.what === what).reduce((total, one) => total + one.labels, 0);
}
