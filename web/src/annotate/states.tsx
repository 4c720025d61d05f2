// When there is no task in hand: starting, nothing more, offline, refused, or working in another tab.
import { Anchor, Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/client";
import { me } from "@/api/queries";
import { useKeys } from "@/shared/keys";
import { Empty, Failed, Loading } from "@/shared/states";
import type { Desk } from "./desk/desk";
import type { DeskState } from "./desk/state";
import { Notices } from "./notices";
import { Wanted } from "./trust/wanted";

export function Starting() {
  return <Loading />;
}

export function Elsewhere({ onTake }: { onTake: () => void }) {
  const { t } = useTranslation("annotate");
  return (
    <Empty title={t("elsewhere.title")} action={<Button onClick={onTake}>{t("elsewhere.take")}</Button>}>
      {t("elsewhere.why")}
    </Empty>
  );
}

/** Why there may be no work for one though nothing went wrong. */
const QUIET = ["unqualified", "limit-reached", "barred"];

/** Says why there is none, and when to look again. */
export function NoMore({ desk, state }: { desk: Desk; state: DeskState }) {
  const { t } = useTranslation("annotate");
  const again = () => void desk.again();
  useKeys([
    ...(state.canUndo ? [{ press: "z", does: t("act.undo"), run: () => desk.undo() }] : []),
    { press: "r", does: t("none.again"), run: again },
  ]);
  if (state.phase === "failed" && !QUIET.some((type) => because(state, type)))
    return (
      <div>
        <Notices desk={desk} state={state} />
        <Failed error={state.error} again={again} />
      </div>
    );
  if (because(state, "unqualified"))
    return (
      <div>
        <Notices desk={desk} state={state} />
        <Wanted />
      </div>
    );
  const reason = why(state);
  return (
    <div>
      <Notices desk={desk} state={state} />
      <Empty
        title={t(`none.${reason}.title`)}
        action={
          <>
            <Group mt="md" justify="center">
              {state.canUndo && (
                <Button variant="default" onClick={() => desk.undo()}>
                  {t("none.undo")}
                </Button>
              )}
              <Button variant="default" onClick={again}>
                {t("none.again")}
              </Button>
            </Group>
            <Accessibility />
          </>
        }
      >
        {reason === "limit" || reason === "barred"
          ? state.error?.message
          : t(`none.${reason}.why`, { count: state.unsent })}
      </Empty>
    </div>
  );
}

/** Whether the server gives no work for this reason. */
function because(state: DeskState, type: string): boolean {
  return state.error instanceof Problem && state.error.type.endsWith(type);
}

function why(state: DeskState): "offline" | "budget" | "limit" | "barred" | "done" {
  if (because(state, "barred")) return "barred";
  if (because(state, "budget-spent")) return "budget";
  if (because(state, "limit-reached")) return "limit";
  return state.hindrance === "offline" || !navigator.onLine ? "offline" : "done";
}

/** How to work here with assistive technology, for each of one's projects. */
function Accessibility() {
  const { t } = useTranslation("annotate");
  const { data } = useQuery(me);
  return (
    <Group gap="md" justify="center" mt="xl">
      <Anchor size="sm" component={Link} to="/work/answers">
        {t("answers.title")}
      </Anchor>
      {Object.keys(data?.roles ?? {}).map((project) => (
        <Anchor key={project} size="sm" component={Link} to={`/work/accessibility/${project}`}>
          {t("accessibility.link", { project })}
        </Anchor>
      ))}
    </Group>
  );
}
