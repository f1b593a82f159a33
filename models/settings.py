"""Settings: built once, in api/{app,worker,cli}.py, from the environment (WENZHENG_…); frozen afterwards."""

from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only-not-a-secret"


class Settings(BaseSettings):
    """Everything that differs between two installations. Each field's description is its documentation."""

    model_config = SettingsConfigDict(env_prefix="WENZHENG_", frozen=True, extra="ignore")

    data_dir: Path = Field(Path("var"), description="Where everything lives: database, secrets, logs.")
    environment: Literal["embedded", "production"] = Field(
        "embedded", description="`production` refuses default secrets and sends cookies over https only."
    )
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL 15 or newer. Absent: the embedded database in the data folder."
    )
    broker_url: SecretStr | None = Field(
        None, description="Celery broker (Redis or RabbitMQ). Absent: the embedded worker needs none."
    )
    secret_key: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET),
        description="Root of the keys for encrypting originals, linking persons and query codes. Embedded: made at"
        " first start and kept in the data folder. Losing it makes originals unreadable.",
    )
    timezone: str = Field("Asia/Shanghai", description="The zone in which days begin and people read times.")
    batch_size: int = Field(256, ge=1, le=5000, description="Submissions per pipeline transaction.")
    sweep_seconds: int = Field(15, ge=1, description="How often pending rows are swept up without a nudge.")
    pool_size: int = Field(12, ge=2, description="Database connections per process.")
    session_hours: int = Field(12, ge=1, description="A sign-in ends after so many hours at the latest.")
    session_idle_minutes: int = Field(60, ge=1, description="A sign-in ends after so many minutes without a click.")
    letters_per_hour: int = Field(20, ge=1, description="Letters accepted from one address in an hour.")
    trusted_proxy: bool = Field(
        False, description="Take the client address from X-Forwarded-For (only behind your own reverse proxy)."
    )
    public_url: str | None = Field(
        None, description="Where people reach the pages, as https://wenzheng.example.cn: links in messages begin so."
    )
    smtp_host: str | None = Field(None, description="Mail server for alerts. Absent: no e-mail is sent.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection to the mail server is kept secret."
    )
    smtp_user: str | None = Field(None, description="Name at the mail server, where it asks for one.")
    smtp_password: SecretStr | None = Field(None, description="Its password.")
    smtp_from: str = Field("wenzheng@localhost", description="Sender of e-mail.")

    sms_url: str | None = Field(
        None, description="Address of the SMS gateway that messages are posted to. Absent: no SMS is sent."
    )
    sms_body: str = Field(
        '{"phone": "{phone}", "text": "{text}"}',
        description="What is posted there; {phone}, {text} and {id} are put in as JSON strings (or, where the type is"
        " application/x-www-form-urlencoded, as form values).",
    )
    sms_type: str = Field("application/json; charset=utf-8", description="Its content type.")
    sms_header: SecretStr | None = Field(
        None, description="One more header with the gateway's key, as `Authorization: Bearer …`."
    )
    sms_secret: SecretStr | None = Field(
        None, description="Signs what is posted (HMAC-SHA256), where the gateway checks."
    )
    sms_success: str = Field("", description="Words that the gateway's answer has where it took the message.")
    sms_allow_private: bool = Field(False, description="The gateway lies in the city's own network.")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"no such time zone: {name}") from error
        return name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @model_validator(mode="after")
    def _refuse_default_secrets(self) -> Self:
        if self.environment == "production":
            if self.secret_key.get_secret_value() == DEVELOPMENT_SECRET:
                raise ValueError("WENZHENG_SECRET_KEY must be set when WENZHENG_ENVIRONMENT=production")
            if len(self.secret_key.get_secret_value()) < 32:
                raise ValueError("WENZHENG_SECRET_KEY must have at least 32 characters")
        return self
