// What one works in and with whom one is in conflict: who may be given what goes by it.
import { Button, Stack, TagsInput, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { Failed, Loading } from "@/shared/states";
import classes from "./account.module.css";

const KINDS = ["language", "domain", "conflict"] as const;
type Kind = (typeof KINDS)[number];
const KEY = ["me", "fitness"];

export function Fitness() {
  const { t } = useTranslation("account");
  const { data, error, refetch } = useQuery({
    queryKey: KEY,
    queryFn: () => ask(api.GET("/api/v1/me/fitness")),
  });
  return (
    <section aria-labelledby="fitness">
      <Title order={2} id="fitness">
        {t("fitness.title")}
      </Title>
      <Text c="dimmed" mb="sm">
        {t("fitness.about")}
      </Text>
      {error ? (
        <Failed error={error} again={() => void refetch()} />
      ) : data ? (
        <Form said={data} />
      ) : (
        <Loading />
      )}
    </section>
  );
}

function Form({ said }: { said: Shapes["Fitness"] }) {
  const { t } = useTranslation("account");
  const queries = useQueryClient();
  const [names, setNames] = useState<Record<Kind, string[]>>({
    language: said.language ?? [],
    domain: said.domain ?? [],
    conflict: said.conflict ?? [],
  });
  const changed = KINDS.filter((kind) => String(names[kind]) !== String(said[kind] ?? []));
  const save = useMutation({
    mutationFn: async () => {
      for (const kind of changed)
        await ask(
          api.PUT("/api/v1/me/fitness/{kind}", {
            params: { path: { kind } },
            body: { names: names[kind].length > 0 ? names[kind] : null },
          }),
        );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  });
  const asked = (kind: Kind): readonly string[] => (kind === "conflict" ? [] : said.asked[kind]);
  const unheard = (kind: Kind) => {
    const strange = names[kind].filter((name) => !asked(kind).includes(name));
    if (asked(kind).length === 0 || strange.length === 0) return null;
    return t("fitness.unheard", { names: strange.join(", "), asked: asked(kind).slice(0, 12).join(", ") });
  };
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack>
        {KINDS.map((kind) => (
          <div key={kind}>
            <TagsInput
              label={t(`fitness.${kind}`)}
              description={t(`fitness.${kind}Help`)}
              data={[...asked(kind)]}
              comboboxProps={{ withinPortal: false }}
              value={names[kind]}
              onChange={(value) => setNames({ ...names, [kind]: value })}
              acceptValueOnBlur
              maxTags={200}
            />
            <Text role="status" size="xs" mt={4}>
              {unheard(kind)}
            </Text>
          </div>
        ))}
        <div aria-live="polite">
          {save.isSuccess && changed.length === 0 && <Text>{t("fitness.done")}</Text>}
          {save.error && <Text c="var(--danger)">{save.error.message}</Text>}
        </div>
        <Button type="submit" variant="default" loading={save.isPending} disabled={changed.length === 0}>
          {t("fitness.save")}
        </Button>
      </Stack>
    </form>
  );
}
