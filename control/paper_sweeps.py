"""The loop that has the papers of decisions made: wanted in the transaction of the decision, begun at the next ring."""

from datetime import UTC, datetime

from temporalio.client import Client

from activities.wanted import DecisionPaper
from control.sweeps import begin_once, quietly
from records import papers
from records.bell import Bell
from records.database import Database
from workflows.errands import MakePaper
from workflows.messages import paper_story

LOOK_EVERY_S = 5.0
AT_ONCE = 100


class PaperSweeps:
    """The rounds, and the tools they need."""

    def __init__(self, database: Database, client: Client) -> None:
        self.database, self.client = database, client
        self.wanted: Bell = database.bell(papers.PAPER_WANTED)

    async def rounds(self) -> None:
        """Go round until cancelled; a round that fails is logged and tried again."""
        while True:
            rung = await self.wanted.next_ring()
            await quietly(self.begin_papers)
            await self.wanted.heard(rung, LOOK_EVERY_S)

    async def begin_papers(self) -> int:
        """Have each paper drawn and sealed; asking again changes nothing."""
        async with self.database.reading() as session:
            waiting = await papers.not_begun(session, AT_ONCE)
        for one in waiting:
            said = DecisionPaper(
                number=one.application, at=one.wanted_at, paper=one.paper, kind=one.kind, task=one.task
            )
            await begin_once(self.client, MakePaper.run, said, paper_story(one.paper))
            async with self.database.transaction() as session:
                await papers.begun(session, one.paper, datetime.now(UTC))
        return len(waiting)
