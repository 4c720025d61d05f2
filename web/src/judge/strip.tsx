// What came of the last word: quiet, above the next case; what others said of it opens on request.
import { Button, CloseButton, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Failed, Loading } from "@/shared/states";
import { Evidence } from "./evidence";
import classes from "./judge.module.css";
import { revealOf } from "./queue";

export interface Outcome {
  readonly assignment: string;
  readonly project: string;
  readonly item: string;
  readonly state: string;
  readonly agrees: boolean | null;
  readonly blind: boolean;
}

export function OutcomeStrip({ outcome, onClose }: { outcome: Outcome | null; onClose: () => void }) {
  const { t } = useTranslation("judge");
  const [opened, { open, close }] = useDisclosure();
  const said = outcome && (outcome.agrees === null ? "first" : outcome.agrees ? "same" : "other");
  return (
    <div role="status" className={classes.strip} data-shown={outcome ? true : undefined}>
      {outcome && said && (
        <>
          <span>
            {t(`outcome.${outcome.blind ? "blind" : "open"}.${said}`)}{" "}
            {t(`outcome.state.${outcome.state}`, "")}
          </span>
          <Button variant="subtle" size="compact-sm" onClick={open}>
            {t("outcome.reveal")}
          </Button>
          <span className={classes.space} />
          <CloseButton size="md" onClick={onClose} aria-label={t("close", { ns: "shared" })} />
          <Drawer
            opened={opened}
            onClose={close}
            position="right"
            title={outcome.item}
            closeButtonProps={{ "aria-label": t("close", { ns: "shared" }) }}
          >
            {opened && <Revealed outcome={outcome} />}
          </Drawer>
        </>
      )}
    </div>
  );
}

function Revealed({ outcome }: { outcome: Outcome }) {
  const { data: found, error } = useQuery(revealOf(outcome.assignment));
  if (error) return <Failed error={error} />;
  if (!found) return <Loading />;
  return <Evidence found={{ ...found, blind: false }} label={null} />;
}
