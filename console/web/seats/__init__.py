"""The trainee's pages: taking a seat, the desk with its dossiers, deciding, and looking back.

What a page shows comes from `console.web.classroom`; an answer comes through `console.web.sealed.reveal`
alone, after the own decision. Nothing on a desk is kept by the browser.
"""
