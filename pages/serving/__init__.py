"""The HTTP side of the server: who is answered, by which headers, and what may be sent to it.

Streamlit's own server does the work; this is what stands before it, as the middleware of `st.App`.
"""
