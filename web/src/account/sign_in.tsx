import { Button, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, ask, Problem } from "@/api/client";
import { queries } from "@/api/queries";
import classes from "./account.module.css";
import { Secret } from "./secret";

export function SignIn() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { to } = useSearch({ from: "/sign-in" });
  const signIn = useMutation({
    mutationFn: (form: FormData) =>
      ask(
        api.POST("/api/v1/session", {
          body: { name: String(form.get("name")), password: String(form.get("password")) },
        }),
      ),
    onSuccess: () => {
      queries.clear();
      // Only a path of our own: an address from elsewhere must not be a way out.
      return navigate({ to: to?.startsWith("/") && !to.startsWith("//") ? to : "/" });
    },
  });
  return (
    <main className={classes.narrow}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          signIn.mutate(new FormData(event.currentTarget));
        }}
      >
        <Stack>
          <Title order={1}>{t("signIn.title")}</Title>
          <TextInput name="name" label={t("signIn.name")} autoComplete="username" required autoFocus />
          <Secret name="password" label={t("signIn.password")} autoComplete="current-password" />
          {signIn.error && (
            <Text role="alert" c="var(--danger)">
              {signIn.error instanceof Problem && signIn.error.status === 401
                ? t("signIn.wrong")
                : signIn.error.message}
            </Text>
          )}
          <Button type="submit" loading={signIn.isPending}>
            {t("signIn.submit")}
          </Button>
          <Text c="dimmed" size="sm">
            {t("signIn.help")}
          </Text>
        </Stack>
      </form>
    </main>
  );
}
