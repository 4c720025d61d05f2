// Who may do what in a project, and links by which more people come.
import { Badge, Button, Code, CopyButton, NumberInput, Select, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { me } from "@/api/queries";
import { count, day } from "@/shared/format";
import { Failed, Loading, Refused } from "@/shared/states";
import steer from "../steer.module.css";
import classes from "./access.module.css";
import { Clearance } from "./clearance";
import { Rows } from "./rows";

type Role = Shapes["Member"]["role"];
type Invited = Shapes["NewInvite"]["role"];
const PEOPLE = ["annotator", "expert", "steward", "manager", "auditor"] as const satisfies Invited[];

const key = (project: string, what: string) => ["project", project, what];

export function Access() {
  const { t } = useTranslation("steer");
  const { project } = useParams({ from: "/inside/projects/$project" });
  const { data: self } = useQuery(me);
  const manages = Boolean(self?.admin || self?.roles[project]?.includes("manager"));
  return (
    <div className={steer.page}>
      <div>
        <Title order={1}>{t("tabs.access")}</Title>
        <Text c="dimmed">{t("access.says")}</Text>
      </div>
      <Members project={project} manages={manages} />
      <Clearance project={project} manages={manages} />
      {manages && <Grant project={project} />}
      {manages && <Invites project={project} />}
    </div>
  );
}

/** Change somebody's roles; the list is read again. */
function useRoles(project: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ account, role, grant }: { account: string; role: Role; grant: boolean }) => {
      const where = { params: { path: { project, account, role } } };
      const place = "/api/v1/projects/{project}/members/{account}/{role}";
      return grant ? ask(api.PUT(place, where)) : ask(api.DELETE(place, where));
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: key(project, "members") });
      void queries.invalidateQueries({ queryKey: me.queryKey });
    },
  });
}

function Members({ project, manages }: { project: string; manages: boolean }) {
  const { t } = useTranslation("steer");
  const { data, error, refetch } = useQuery({
    queryKey: key(project, "members"),
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/members", { params: { path: { project } } })),
  });
  const roles = useRoles(project);
  if (error) return <Failed error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  const people = new Map<string, Shapes["Member"][]>();
  for (const one of data) people.set(one.name ?? "", [...(people.get(one.name ?? "") ?? []), one]);
  return (
    <section aria-labelledby="members">
      <Title order={2} id="members" mb="xs">
        {t("access.members")}
      </Title>
      {data.length === 0 && <Text c="dimmed">{t("access.nobody")}</Text>}
      <Refused error={roles.error} />
      <Rows head={[t("access.name"), t("access.roles")]}>
        {[...people].sort().map(([name, held]) => (
          <tr key={name}>
            <th scope="row">{name || t("access.erased")}</th>
            <td>
              <div className={classes.roles}>
                {held.map(({ role }) =>
                  manages && name ? (
                    <Button
                      key={role}
                      size="compact-sm"
                      variant="default"
                      rightSection={<span aria-hidden>×</span>}
                      aria-label={t("access.withdraw", { name, role: t(`role.${role}`) })}
                      onClick={() => roles.mutate({ account: name, role, grant: false })}
                    >
                      {t(`role.${role}`)}
                    </Button>
                  ) : (
                    <Badge key={role} variant="default">
                      {t(`role.${role}`)}
                    </Badge>
                  ),
                )}
              </div>
            </td>
          </tr>
        ))}
      </Rows>
    </section>
  );
}

function Grant({ project }: { project: string }) {
  const { t } = useTranslation("steer");
  const roles = useRoles(project);
  const [role, setRole] = useState<Role>("annotator");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const account = String(new FormData(form).get("account"));
    roles.mutate({ account, role, grant: true }, { onSuccess: () => form.reset() });
  };
  return (
    <section aria-labelledby="grant">
      <Title order={2} id="grant" mb="xs">
        {t("access.grant")}
      </Title>
      <form onSubmit={submit} className={classes.row}>
        <TextInput name="account" label={t("access.account")} required autoComplete="off" />
        <RoleSelect value={role} onChange={setRole} roles={[...PEOPLE, "machine"]} />
        <Button type="submit" variant="default" loading={roles.isPending}>
          {t("access.give")}
        </Button>
      </form>
      <div aria-live="polite">{roles.error && <Text c="var(--danger)">{roles.error.message}</Text>}</div>
    </section>
  );
}

function RoleSelect<R extends Role>(props: { value: R; onChange: (role: R) => void; roles: readonly R[] }) {
  const { t } = useTranslation("steer");
  return (
    <Select
      label={t("access.role")}
      allowDeselect={false}
      value={props.value}
      onChange={(chosen) => props.onChange(chosen as R)}
      data={props.roles.map((value) => ({ value, label: t(`role.${value}`) }))}
    />
  );
}

function Invites({ project }: { project: string }) {
  const { t } = useTranslation("steer");
  const { t: shared } = useTranslation();
  const queries = useQueryClient();
  const refresh = () => queries.invalidateQueries({ queryKey: key(project, "invites") });
  const [role, setRole] = useState<Invited>("annotator");
  const make = useMutation({
    mutationFn: (form: FormData) =>
      ask(
        api.POST("/api/v1/projects/{project}/invites", {
          params: { path: { project } },
          body: { role, uses: Number(form.get("uses")), days: Number(form.get("days")) },
        }),
      ),
    onSuccess: refresh,
  });
  const link = make.data && `${location.origin}/join/${make.data.secret}`;
  return (
    <section aria-labelledby="invites">
      <Title order={2} id="invites">
        {t("access.invites")}
      </Title>
      <Text c="dimmed" mb="sm">
        {t("access.invitesSay")}
      </Text>
      <form
        className={classes.row}
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate(new FormData(event.currentTarget));
        }}
      >
        <RoleSelect value={role} onChange={setRole} roles={PEOPLE} />
        <NumberInput
          className={classes.short}
          name="uses"
          label={t("access.uses")}
          defaultValue={1}
          min={1}
          max={10000}
          allowDecimal={false}
          required
        />
        <NumberInput
          className={classes.short}
          name="days"
          label={t("access.days")}
          defaultValue={14}
          min={1}
          max={365}
          allowDecimal={false}
          required
        />
        <Button type="submit" variant="default" loading={make.isPending}>
          {t("access.invite")}
        </Button>
      </form>
      <div aria-live="polite">
        {make.error && <Text c="var(--danger)">{make.error.message}</Text>}
        {link && (
          <>
            <Text mt="sm">{t("access.once")}</Text>
            <Code className={classes.link}>{link}</Code>
            <CopyButton value={link}>
              {({ copied, copy }) => (
                <Button onClick={copy}>{copied ? shared("copied") : t("access.copy")}</Button>
              )}
            </CopyButton>
          </>
        )}
      </div>
      <Kept project={project} refresh={refresh} />
    </section>
  );
}

function Kept({ project, refresh }: { project: string; refresh: () => Promise<void> }) {
  const { t } = useTranslation("steer");
  const { data, error } = useQuery({
    queryKey: key(project, "invites"),
    queryFn: () => ask(api.GET("/api/v1/projects/{project}/invites", { params: { path: { project } } })),
  });
  const end = useMutation({
    mutationFn: (invite: string) =>
      ask(
        api.DELETE("/api/v1/projects/{project}/invites/{invite}", { params: { path: { project, invite } } }),
      ),
    onSuccess: refresh,
  });
  if (error) return <Failed error={error} />;
  if (!data || data.length === 0) return null;
  const state = (one: Shapes["Invite"]) => {
    if (one.revoked_at) return "ended";
    if (one.used >= one.uses) return "full";
    return new Date(one.expires_at) < new Date() ? "over" : "open";
  };
  return (
    <Rows
      head={(["role", "used", "until", "by", "state"] as const).map((name) => t(`access.column.${name}`))}
    >
      {data.map((one) => (
        <tr key={one.id}>
          <th scope="row">{t(`role.${one.role}`)}</th>
          <td>{t("access.usedOf", { used: count(one.used), uses: count(one.uses) })}</td>
          <td>{day(one.expires_at)}</td>
          <td>{one.author ?? t("specs.operator")}</td>
          <td>
            {state(one) === "open" ? (
              <Button size="compact-sm" variant="default" onClick={() => end.mutate(one.id)}>
                {t("access.end")}
              </Button>
            ) : (
              t(`access.state.${state(one)}`)
            )}
          </td>
        </tr>
      ))}
    </Rows>
  );
}
