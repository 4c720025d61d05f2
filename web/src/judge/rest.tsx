// A break that is proposed to somebody who has judged for long: quiet, above the case, until it is put away.
import { CloseButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useTold } from "@/annotate/told";
import classes from "./judge.module.css";

export function Rest() {
  const { t } = useTranslation("annotate");
  const { rest, read } = useTold();
  return (
    <div role="status" className={classes.strip} data-shown={rest ? true : undefined}>
      {rest && (
        <>
          <span>{t(`notice.rest.${rest}`)}</span>
          <CloseButton size="md" onClick={() => void read("rest")} aria-label={t("notice.close")} />
        </>
      )}
    </div>
  );
}
