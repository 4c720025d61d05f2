// /work/accessibility/$project: what works with which assistive technology, and how to ask for something else.
import { Button, Group, Stack, Textarea, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import { me } from "@/api/queries";
import { Failed, Loading } from "@/shared/states";
import { Back } from "./back";
import { guideOf } from "./guide";
import Prose from "./item/prose";
import classes from "./work.module.css";

export function Accessibility() {
  const { t } = useTranslation("annotate");
  const { project } = useParams({ strict: false }) as { project: string };
  const [writing, setWriting] = useState(false);
  const { data: person } = useQuery(me);
  const { data, error, refetch } = useQuery(guideOf(project));
  const mayWrite =
    person?.admin || person?.roles[project]?.some((role) => ["steward", "manager"].includes(role));
  const text = data && (data.accessibility.text ?? t("accessibility.standard"));
  const done = async () => {
    await refetch();
    setWriting(false);
  };
  return (
    <article className={classes.page}>
      <Back project={project} />
      <Title order={1} mb="md">
        {t("accessibility.title")}
      </Title>
      {error ? <Failed error={error} again={() => void refetch()} /> : !data && <Loading />}
      {text && !writing && <Prose text={text} heading="h2" />}
      {data && !writing && mayWrite && (
        <Button variant="default" onClick={() => setWriting(true)}>
          {t("accessibility.edit")}
        </Button>
      )}
      {text && writing && (
        <Write project={project} before={text} onDone={done} onCancel={() => setWriting(false)} />
      )}
    </article>
  );
}

interface Writing {
  project: string;
  before: string;
  onDone: () => Promise<void>;
  onCancel: () => void;
}

/** It is a guideline of its own, and gets a version like any other. */
function Write({ project, before, onDone, onCancel }: Writing) {
  const { t } = useTranslation("annotate");
  const { t: shared } = useTranslation();
  const [text, setText] = useState(before);
  const [reason, setReason] = useState("");
  const publish = useMutation({
    mutationFn: () =>
      ask(
        api.PUT("/api/v1/projects/{project}/specs/{kind}/{name}", {
          params: { path: { project, kind: "guideline", name: "accessibility" } },
          body: { body: { text }, reason, dry_run: false },
        }),
      ),
    onSuccess: onDone,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        publish.mutate();
      }}
    >
      <Stack mt="md">
        <Textarea
          label={t("accessibility.text")}
          description={t("accessibility.what")}
          autosize
          minRows={10}
          required
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={publish.error?.message}
        />
        <TextInput
          label={t("accessibility.why")}
          required
          maxLength={1000}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group>
          <Button type="submit" loading={publish.isPending} disabled={!text.trim() || !reason.trim()}>
            {t("accessibility.publish")}
          </Button>
          <Button variant="subtle" color="gray" onClick={onCancel}>
            {shared("cancel")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
