// Where messages go: named channels, whose addresses go in and never come out, and what was sent lately.
import { Button, Code, CopyButton, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, ask, type Shapes } from "@/api/client";
import { moment } from "@/shared/format";
import steer from "../steer.module.css";
import classes from "./alerts.module.css";

type Channel = Shapes["Channel"];
type Sent = Shapes["AlertMessage"];
const ONE = "/api/v1/projects/{project}/channels/{name}";

export function Channels(props: {
  project: string;
  manages: boolean;
  channels: Channel[];
  messages: Sent[];
}) {
  const { t } = useTranslation("steer");
  const { project, manages, channels, messages } = props;
  return (
    <>
      <section aria-labelledby="channels">
        <Title order={2} id="channels">
          {t("channels.title")}
        </Title>
        <Text c="dimmed" mb="sm">
          {t("channels.says")}
        </Text>
        {channels.length > 0 && <Kept project={project} manages={manages} channels={channels} />}
        {manages && <Write project={project} />}
      </section>
      {messages.length > 0 && <Messages messages={messages} />}
    </>
  );
}

function useRefresh(project: string) {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: ["project", project, "alerts"] });
}

function Kept({ project, manages, channels }: { project: string; manages: boolean; channels: Channel[] }) {
  const { t } = useTranslation("steer");
  const refresh = useRefresh(project);
  const at = (name: string) => ({ params: { path: { project, name } } });
  const attempt = useMutation({ mutationFn: (name: string) => ask(api.POST(`${ONE}/try`, at(name))) });
  const remove = useMutation({
    mutationFn: (name: string) => ask(api.DELETE(ONE, at(name))),
    onSuccess: refresh,
  });
  const failed = attempt.error ?? remove.error;
  return (
    <>
      <section className={steer.scroll} tabIndex={0} aria-label={t("channels.table")}>
        <table className={steer.table}>
          <thead>
            <tr>
              {(["name", "kind", "address", "of"] as const).map((name) => (
                <th key={name} scope="col">
                  {t(`channels.column.${name}`)}
                </th>
              ))}
              {manages && <th scope="col">{t("channels.column.do")}</th>}
            </tr>
          </thead>
          <tbody>
            {channels.map((one) => (
              <tr key={one.name}>
                <th scope="row">{one.name}</th>
                <td>{t(`channels.kind.${one.kind}`, { defaultValue: one.kind })}</td>
                <td>
                  <Code>{one.shown}</Code>
                </td>
                <td>{t(`channels.of.${one.of}`)}</td>
                {manages && (
                  <td>
                    <div className={classes.do}>
                      <Button
                        size="compact-sm"
                        variant="default"
                        loading={attempt.isPending && attempt.variables === one.name}
                        aria-label={t("channels.tryOne", { name: one.name })}
                        onClick={() => attempt.mutate(one.name)}
                      >
                        {t("channels.try")}
                      </Button>
                      {one.of === "project" && (
                        <Button
                          size="compact-sm"
                          variant="default"
                          aria-label={t("channels.removeOne", { name: one.name })}
                          onClick={() => remove.mutate(one.name)}
                        >
                          {t("channels.remove")}
                        </Button>
                      )}
                    </div>
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div aria-live="polite">
        {failed && <Text c="var(--danger)">{failed.message}</Text>}
        {attempt.isSuccess && <Text>{t("channels.taken", { name: attempt.variables })}</Text>}
      </div>
    </>
  );
}

function Write({ project }: { project: string }) {
  const { t } = useTranslation("steer");
  const { t: shared } = useTranslation();
  const refresh = useRefresh(project);
  const write = useMutation({
    mutationFn: ({ name, url }: { name: string; url: string }) =>
      ask(api.PUT(ONE, { params: { path: { project, name } }, body: { url } })),
    onSuccess: refresh,
  });
  return (
    <>
      <form
        className={classes.row}
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          const given = new FormData(form);
          const body = { name: String(given.get("name")), url: String(given.get("url")) };
          write.mutate(body, { onSuccess: () => form.reset() });
        }}
      >
        <TextInput name="name" label={t("channels.name")} required maxLength={64} autoComplete="off" />
        <TextInput
          className={classes.wide}
          name="url"
          label={t("channels.url")}
          description={t("channels.urlHint")}
          inputWrapperOrder={["label", "input", "description"]}
          required
          minLength={5}
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit" variant="default" loading={write.isPending}>
          {t("channels.write")}
        </Button>
      </form>
      <div aria-live="polite">
        {write.error && <Text c="var(--danger)">{write.error.message}</Text>}
        {write.data?.secret && (
          <>
            <Text mt="sm">{t("channels.once")}</Text>
            <Code className={classes.secret}>{write.data.secret}</Code>{" "}
            <CopyButton value={write.data.secret}>
              {({ copied, copy }) => (
                <Button size="compact-sm" variant="default" onClick={copy}>
                  {shared(copied ? "copied" : "copy")}
                </Button>
              )}
            </CopyButton>
          </>
        )}
      </div>
    </>
  );
}

function Messages({ messages }: { messages: Sent[] }) {
  const { t } = useTranslation("steer");
  return (
    <section aria-labelledby="messages">
      <Title order={2} id="messages" mb="xs">
        {t("messages.title")}
      </Title>
      <section className={steer.scroll} tabIndex={0} aria-label={t("messages.table")}>
        <table className={steer.table}>
          <thead>
            <tr>
              {(["when", "channel", "about", "state"] as const).map((name) => (
                <th key={name} scope="col">
                  {t(`messages.column.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {messages.map((one) => (
              <tr key={one.id}>
                <td>{moment(one.sent_at ?? one.created_at)}</td>
                <td>{one.channel ?? t("messages.gone")}</td>
                <th scope="row">
                  {[one.rule, one.subject, t(`alerts.state.${one.alert}`)].filter(Boolean).join(" · ")}
                </th>
                <td>
                  {one.state === "waiting"
                    ? t("messages.waiting", { when: moment(one.not_before) })
                    : t(`messages.state.${one.state}`)}
                  {one.error && <div className={steer.quiet}>{one.error}</div>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
