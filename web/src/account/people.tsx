// Everyone in the workspace, for administrators.
import { Badge, Button, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { me, queries } from "@/api/queries";
import { Empty, Failed, Loading, Refused } from "@/shared/states";
import classes from "./account.module.css";
import { SHORTEST } from "./password";
import { Secret } from "./secret";

const everyone = queryOptions({ queryKey: ["accounts"], queryFn: () => ask(api.GET("/api/v1/accounts")) });
const refresh = () => queries.invalidateQueries({ queryKey: everyone.queryKey });

export function People() {
  const { t } = useTranslation("account");
  const { data: who } = useQuery(me);
  if (!who?.admin)
    return (
      <Empty whole title={t("people.notYou")}>
        {t("people.askAdmin")}
      </Empty>
    );
  return <Everyone />;
}

function Everyone() {
  const { t } = useTranslation("account");
  const { data, error, refetch } = useQuery(everyone);
  return (
    <Stack className={classes.page} gap="xl">
      <div>
        <Title order={1}>{t("people.title")}</Title>
        <Text c="dimmed">{t("people.about")}</Text>
      </div>
      {error ? <Failed error={error} again={refetch} /> : data ? <Accounts rows={data} /> : <Loading />}
      <Add />
    </Stack>
  );
}

function Accounts({ rows }: { rows: Shapes["Account"][] }) {
  const { t } = useTranslation("account");
  const change = useMutation({
    mutationFn: ({ name, disabled }: { name: string; disabled: boolean }) => {
      const where = { params: { path: { account: name } } };
      const place = "/api/v1/accounts/{account}/disabled";
      return disabled ? ask(api.DELETE(place, where)) : ask(api.PUT(place, where));
    },
    onSuccess: refresh,
  });
  return (
    <div className={classes.wide}>
      <Refused error={change.error} />
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("people.name")}</Table.Th>
            <Table.Th>{t("people.kind")}</Table.Th>
            <Table.Th colSpan={2}>{t("people.state")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Th scope="row">
                {one.name}{" "}
                {one.admin && (
                  <Badge variant="default" miw="max-content">
                    {t("people.admin")}
                  </Badge>
                )}
              </Table.Th>
              <Table.Td>{t(one.kind === "machine" ? "people.machine" : "people.person")}</Table.Td>
              <Table.Td>{t(one.disabled ? "people.disabled" : "people.active")}</Table.Td>
              <Table.Td align="right">
                {one.name && (
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => change.mutate({ name: one.name ?? "", disabled: one.disabled ?? false })}
                  >
                    {t(one.disabled ? "people.enable" : "people.disable")}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Add() {
  const { t } = useTranslation("account");
  const add = useMutation({
    mutationFn: (form: FormData) =>
      ask(
        api.POST("/api/v1/accounts", {
          body: {
            name: String(form.get("name")),
            password: String(form.get("password")),
            kind: "person",
            admin: false,
          },
        }),
      ),
    onSuccess: refresh,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    add.mutate(new FormData(form), { onSuccess: () => form.reset() });
  };
  return (
    <section aria-labelledby="add">
      <Title order={2} id="add" mb="sm">
        {t("people.add")}
      </Title>
      <form onSubmit={submit} className={classes.form}>
        <Stack>
          <TextInput name="name" label={t("people.name")} required autoComplete="off" />
          <Secret
            name="password"
            label={t("people.password")}
            description={t("password.rule", { least: SHORTEST })}
            minLength={SHORTEST}
            autoComplete="new-password"
          />
          <Refused error={add.error} />
          <Button type="submit" variant="default" loading={add.isPending}>
            {t("people.save")}
          </Button>
        </Stack>
      </form>
    </section>
  );
}
