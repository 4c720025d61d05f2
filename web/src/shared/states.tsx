// The states that every screen has beside its content: loading, empty, failed.
import { Button, Loader, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Unreachable } from "@/api/client";
import classes from "./states.module.css";

/** Shows nothing for 300 ms, so that what is quick does not flicker. */
export function Loading() {
  const { t } = useTranslation();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={classes.centre} aria-busy="true" aria-live="polite">
      {late && <Loader size="sm" role="progressbar" aria-label={t("loading")} />}
    </div>
  );
}

/** Nothing here yet: says why, and what to do about it. One that is the `whole` page has the page's heading. */
export function Empty({
  title,
  children,
  action,
  whole = false,
}: {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  whole?: boolean;
}) {
  return (
    <Stack className={classes.centre} gap="xs">
      <Title order={whole ? 1 : 2} size="h2">
        {title}
      </Title>
      {children && <Text c="dimmed">{children}</Text>}
      {action}
    </Stack>
  );
}

/** What went wrong, and how to mend it. */
export function Failed({ error, again }: { error: unknown; again?: () => void }) {
  const { t } = useTranslation();
  const words = error instanceof Unreachable ? t("failed.unreachable") : (error as Error).message;
  return (
    <Stack className={classes.centre} gap="xs" role="alert">
      <Title order={2}>{t("failed.title")}</Title>
      <Text>{words}</Text>
      {again && (
        <Button variant="default" onClick={again}>
          {t("failed.again")}
        </Button>
      )}
    </Stack>
  );
}

/** Why what was asked for is not done, in the line of who asked for it; nothing while it is not refused. */
export function Refused({ error }: { error: Error | null }) {
  if (!error) return null;
  return (
    <Text role="alert" c="var(--danger)">
      {error.message}
    </Text>
  );
}
