// Where an invite's link leads: become somebody here, or take the role as who one is.
import { Button, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, ask, Problem } from "@/api/client";
import { me, queries } from "@/api/queries";
import { Failed, Loading, Refused } from "@/shared/states";
import classes from "./account.module.css";
import { SHORTEST } from "./password";
import { Secret } from "./secret";

export function Join() {
  const { t } = useTranslation("account");
  const { secret } = useParams({ from: "/join/$secret" });
  const invitation = useQuery({
    queryKey: ["invite", secret],
    queryFn: () => ask(api.GET("/api/v1/invites/{secret}", { params: { path: { secret } } })),
  });
  const self = useQuery(me);
  const { data, error, refetch } = invitation;
  if (error instanceof Problem && error.status === 404)
    return (
      <main className={classes.narrow}>
        <Title order={1}>{t("join.title")}</Title>
        <Text mt="md">{t("join.gone")}</Text>
      </main>
    );
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!data || self.isPending) return <Loading />;
  return <Accept secret={secret} invitation={data} as={self.data?.name ?? undefined} />;
}

interface Accepting {
  secret: string;
  invitation: { project: string; role: string; objective: string | null };
  as: string | undefined;
}

function Accept({ secret, invitation, as }: Accepting) {
  const { t } = useTranslation("account");
  const { t: steer } = useTranslation("steer");
  const navigate = useNavigate();
  const join = useMutation({
    mutationFn: async (form: FormData) => {
      const body = as
        ? {}
        : { name: String(form.get("name")).trim(), password: String(form.get("password")) };
      await ask(api.POST("/api/v1/invites/{secret}/accept", { params: { path: { secret } }, body }));
      if (body.name) await ask(api.POST("/api/v1/session", { body }));
    },
    onSuccess: () => {
      queries.clear();
      return navigate({ to: "/" });
    },
  });
  return (
    <main className={classes.narrow}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          join.mutate(new FormData(event.currentTarget));
        }}
      >
        <Stack>
          <div>
            <Title order={1}>{t("join.title")}</Title>
            <Text>
              {t("join.about", { project: invitation.project, role: steer(`role.${invitation.role}`) })}
            </Text>
            {invitation.objective && <Text c="dimmed">{invitation.objective}</Text>}
          </div>
          {!as && (
            <>
              <TextInput
                name="name"
                label={t("join.name")}
                autoComplete="username"
                maxLength={200}
                required
              />
              <Secret
                name="password"
                label={t("join.password")}
                description={t("password.rule", { least: SHORTEST })}
                minLength={SHORTEST}
                autoComplete="new-password"
              />
            </>
          )}
          <Refused error={join.error} />
          <Button type="submit" loading={join.isPending}>
            {as ? t("join.as", { name: as }) : t("join.submit")}
          </Button>
        </Stack>
      </form>
    </main>
  );
}
