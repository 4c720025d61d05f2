import { Button, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/api/client";
import classes from "./account.module.css";
import { Secret } from "./secret";

/** The server refuses what is shorter. */
export const SHORTEST = 10;

/** Change one's own password; the old one proves that it is oneself. */
export function Password() {
  const { t } = useTranslation("account");
  const change = useMutation({
    mutationFn: (form: FormData) =>
      ask(
        api.PUT("/api/v1/me/password", {
          body: { old: String(form.get("old")), new: String(form.get("new")) },
        }),
      ),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    change.mutate(new FormData(form), { onSuccess: () => form.reset() });
  };
  return (
    <section aria-labelledby="password">
      <Title order={2} id="password" mb="sm">
        {t("password.title")}
      </Title>
      <form onSubmit={submit} className={classes.form}>
        <Stack>
          <Secret name="old" label={t("password.old")} autoComplete="current-password" />
          <Secret
            name="new"
            label={t("password.new")}
            description={t("password.rule", { least: SHORTEST })}
            minLength={SHORTEST}
            autoComplete="new-password"
          />
          <div aria-live="polite">
            {change.isSuccess && <Text>{t("password.done")}</Text>}
            {change.error && <Text c="var(--danger)">{change.error.message}</Text>}
          </div>
          <Button type="submit" variant="default" loading={change.isPending}>
            {t("password.save")}
          </Button>
        </Stack>
      </form>
    </section>
  );
}
