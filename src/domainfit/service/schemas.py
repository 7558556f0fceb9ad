"""What goes in and what comes out, typed. The answers mirror the library's own ``to_dict``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Probability = Annotated[float, Field(ge=0, le=1)]
ROLE = "You train detection and segmentation models on camera images from our sorting belts and bring them to the line."
CANDIDATE = (
    "Trained a detector for pallets on 30,000 warehouse images and shipped it to 40 forklifts; calibrated cameras."
)


class Given(BaseModel):
    """A request: nothing but its fields."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ProfileIn(Given):
    """A document to profile."""

    text: str = Field(min_length=1, examples=[CANDIDATE])
    kind: Literal["candidate", "role"] = "candidate"
    name: str | None = Field(default=None, max_length=200)


class MatchIn(Given):
    """Two documents to match."""

    role: str = Field(min_length=1, examples=[ROLE])
    candidate: str = Field(min_length=1, examples=[CANDIDATE])


class CandidateIn(Given):
    """One of several candidates."""

    name: str = Field(max_length=200, examples=["ada"])
    text: str = Field(examples=[CANDIDATE])


class RankIn(Given):
    """A role and candidates to rank for it."""

    role: str = Field(min_length=1, examples=[ROLE])
    candidates: list[CandidateIn] = Field(min_length=1)
    floor: Probability | None = None


class DecisionIn(Given):
    """A candidate's written account of a decision."""

    text: str = Field(min_length=1)
    role: str | None = None


class ProblemOut(BaseModel):
    """A problem (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    field: str | None


class FlagOut(BaseModel):
    """Something a reader should know."""

    code: str
    message: str
    start: int | None
    end: int | None


class EvidenceOut(BaseModel):
    """A stretch of a document that carries a discipline."""

    discipline: str
    text: str
    start: int
    end: int
    section: str
    depth: float
    contribution: float
    described: bool


class ProfileOut(BaseModel):
    """A profile, as ``Profile.to_dict`` gives it; ``text`` where it was asked for."""

    kind: str
    name: str | None
    status: Literal["ok", "no_discipline", "abstained"]
    reasons: list[str]
    primary: str | None
    plausible: list[str | None]
    probability: dict[str, float]
    share: dict[str, float]
    strength: dict[str, float]
    shown: dict[str, float]
    shown_depth: dict[str, float]
    depth: dict[str, float]
    support: dict[str, float]
    flags: list[FlagOut]
    bundle: str
    evidence: list[EvidenceOut] = []
    ladder: list[dict[str, Any]] = []
    text: str | None = None


class GapOut(BaseModel):
    """What the role needs and the candidate lacks."""

    discipline: str
    demand: float
    coverage: float
    covered_by: str | None
    depth: float
    size: float


class QuestionOut(BaseModel):
    """Something to ask."""

    text: str
    discipline: str
    reason: str
    depth: int
    good_answer: str


class MatchOut(BaseModel):
    """A match, as ``Match.to_dict`` gives it."""

    fit: float | None
    mismatch: float | None
    verdict: Literal["fit", "partial", "mismatch", "undecided"]
    status: str
    reasons: list[str]
    bundle: str
    gaps: list[GapOut]
    flags: list[FlagOut]
    questions: list[str]
    interview: list[QuestionOut]
    role: ProfileOut
    candidate: ProfileOut
    evidence: list[EvidenceOut] = []


class ModelOut(BaseModel):
    """The model that answers."""

    name: str
    fingerprint: str
    version: str
    disciplines: list[dict[str, str]]


class RankedOut(BaseModel):
    """A candidate in a ranking; without a match where it could not be read."""

    rank: int | None
    name: str
    status: Literal["ok", "abstained", "error"]
    reason: str
    fit: float | None
    mismatch: float | None
    verdict: str | None
    above_floor: bool | None
    match: MatchOut | None
    text: str | None


class RankOut(BaseModel):
    """A ranking, best first."""

    model: ModelOut
    role: ProfileOut
    ranking: list[RankedOut]


class DecisionOut(BaseModel):
    """A rated account, as ``DecisionAssessment.to_dict`` gives it."""

    status: Literal["ok", "abstained"]
    reasons: list[str]
    overall: dict[str, float | None]
    ratings: dict[str, dict[str, Any]]
    about: str | None
    share: dict[str, float]
    flags: list[FlagOut]
    questions: list[str]
    bundle: str


def body_of(schema: type[BaseModel], form: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Describe a request that may be JSON or a form, for OpenAPI.

    Parameters
    ----------
    schema : type
        The JSON.
    form : dict
        The form's fields.
    """
    whole = schema.model_json_schema()
    parts = whole.pop("$defs", {})

    def inlined(value: Any) -> Any:
        if isinstance(value, dict):
            named = str(value.get("$ref", "")).rpartition("/")[2]
            return inlined(parts[named]) if named in parts else {k: inlined(v) for k, v in value.items()}
        return [inlined(v) for v in value] if isinstance(value, list) else value

    fields = {"type": "object", "properties": form}
    content = {"application/json": {"schema": inlined(whole)}, "multipart/form-data": {"schema": fields}}
    return {"requestBody": {"required": True, "content": content}}
