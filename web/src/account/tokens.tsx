import {
  Button,
  Checkbox,
  Code,
  CopyButton,
  Group,
  NumberInput,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { queries } from "@/api/queries";
import { day } from "@/shared/format";
import { Failed, Loading, Refused } from "@/shared/states";
import classes from "./account.module.css";

type Scope = Shapes["NewToken"]["scopes"][number];
const SCOPES = ["work", "read", "export", "manage"] as const satisfies Scope[];

const mine = queryOptions({ queryKey: ["tokens"], queryFn: () => ask(api.GET("/api/v1/tokens")) });
const refresh = () => queries.invalidateQueries({ queryKey: mine.queryKey });

/** One's tokens: make one (shown once), end one. */
export function Tokens() {
  const { t } = useTranslation("account");
  return (
    <section aria-labelledby="tokens">
      <Title order={2} id="tokens">
        {t("tokens.title")}
      </Title>
      <Text c="dimmed" mb="sm">
        {t("tokens.about")}
      </Text>
      <Kept />
      <NewToken />
    </section>
  );
}

function Kept() {
  const { t } = useTranslation("account");
  const { data, error } = useQuery(mine);
  const end = useMutation({
    mutationFn: (name: string) => ask(api.DELETE("/api/v1/tokens/{name}", { params: { path: { name } } })),
    onSuccess: refresh,
  });
  if (error) return <Failed error={error} />;
  if (!data) return <Loading />;
  if (data.length === 0) return <Text mb="md">{t("tokens.none")}</Text>;
  return (
    <Table mb="md">
      <Table.Tbody>
        {data.map((token) => (
          <Table.Tr key={token.name}>
            <Table.Th scope="row">{token.name}</Table.Th>
            <Table.Td>{token.scopes.map((scope) => t(`tokens.scope.${scope as Scope}`)).join(", ")}</Table.Td>
            <Table.Td>{token.expires_at && t("tokens.until", { when: day(token.expires_at) })}</Table.Td>
            <Table.Td align="right">
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`${t("tokens.end")}: ${token.name}`}
                onClick={() => end.mutate(token.name)}
              >
                {t("tokens.end")}
              </Button>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function NewToken() {
  const { t } = useTranslation("account");
  const { t: shared } = useTranslation();
  const make = useMutation({
    mutationFn: (form: FormData) =>
      ask(
        api.POST("/api/v1/tokens", {
          body: {
            name: String(form.get("name")),
            scopes: form.getAll("scopes") as Scope[],
            days: Number(form.get("days")) || null,
          },
        }),
      ),
    onSuccess: refresh,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    make.mutate(new FormData(form), { onSuccess: () => form.reset() });
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <Stack>
        <TextInput name="name" label={t("tokens.name")} required maxLength={100} />
        <Checkbox.Group label={t("tokens.scopes")} defaultValue={["work"]}>
          <Stack gap={4} mt={4}>
            {SCOPES.map((scope) => (
              <Checkbox key={scope} name="scopes" value={scope} label={t(`tokens.scope.${scope}`)} />
            ))}
          </Stack>
        </Checkbox.Group>
        <NumberInput name="days" label={t("tokens.days")} min={1} max={3650} allowDecimal={false} />
        <Refused error={make.error} />
        {make.data && (
          <div role="status">
            <Text>{t("tokens.once")}</Text>
            <Group>
              <Code className={classes.secret}>{make.data.token}</Code>
              <CopyButton value={make.data.token}>
                {({ copied, copy }) => (
                  <Button size="compact-sm" variant="default" onClick={copy}>
                    {shared(copied ? "copied" : "copy")}
                  </Button>
                )}
              </CopyButton>
            </Group>
          </div>
        )}
        <Button type="submit" variant="default" loading={make.isPending}>
          {t("tokens.add")}
        </Button>
      </Stack>
    </form>
  );
}
